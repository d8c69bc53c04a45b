import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../dev/audit-api';
import { itemsOf, type WorkflowFile } from '../../../dev/n8n';
import { AlertBed, nodesThatRan, select, type Source } from '../support/alertBed';
import { appendInOrder, appendSignIns, expectSuccess } from '../support/alertEvents';

const MINUTE_MS = 60_000;

/** New event types as they may occur, and how the question shows their names. */
const NEW_TYPES: Array<[serviceName: string | null, eventType: string, shown: string]> = [
	['Broker', 'login', 'Broker / login'],
	['*a*', '`_b_`', '*a* / ˋ_b_ˋ'],
	['a\n\u2028*b*', 'c\r\u202ed', 'a *b* / c d'],
	['<!channel>', '& "x" \\n{{ 7 * 7 }}', '＜!channel＞ / ＆ ˋxˋ ˋn{{ 7 * 7 }}'],
	['&lt;!here&gt;', "&amp;lt; it's", '＆lt;!here＆gt; / ＆amp;lt; itˋs'],
	[null, 'untitled', '(no service) / untitled'],
	['x'.repeat(9_000), 'long', 'x'.repeat(100)],
	...['a', 'b', 'c', 'd', 'e'].map((it): [string, string, string] => ['s', it, `s / ${it}`]),
];

describe('The example workflows that alert somebody, as a whole, in a real n8n', () => {
	let bed: AlertBed;
	let log: Source;
	/** Another log, so that the other alerts' events are not new types. */
	let types: Source;
	/** The published workflows by their name, and the events that were appended for them. */
	const published = new Map<string, string>();
	let newTypes: AuditEvent[];
	let actions: AuditEvent[];
	let signIns: AuditEvent[];
	let unanswered: string;

	beforeAll(async () => {
		bed = await AlertBed.open();
		log = await bed.startApi('Log', { eventCount: 3000 });
		types = await bed.startApi('Types', { eventCount: 100 });
		for (const name of [
			'alert-on-new-event-type',
			'alert-on-sensitive-actions',
			'alert-on-new-address',
		]) {
			const source = name === 'alert-on-new-event-type' ? types : log;
			published.set(name, await bed.publish(bed.file(name), source));
		}
		const waitsBriefly = withWaitTime(bed.file('alert-on-new-event-type', '-unanswered'));
		unanswered = await bed.store(waitsBriefly, types);
		await bed.run(unanswered);
		// Emitted after a minute or more; the tests below run in the meantime.
		newTypes = appendInOrder(
			types,
			...NEW_TYPES.map(([serviceName, eventType]) => ({ serviceName, eventType })),
			{ serviceName: 'Broker', eventType: 'login' },
		);
		actions = appendInOrder(
			log,
			{
				...{ serviceName: 'dashboard', eventType: 'apiclient.secret.created', traceId: 'trace-a' },
				...{ userId: '<@U0042> ```\n*x*', indexedData: { Result: 'success' } },
			},
			{ eventType: 'user.role.granted', traceId: 'trace-b', indexedData: { Result: 'failure' } },
			{ eventType: 'apiclient.updated', traceId: null },
			{ eventType: '<!channel> & {{ 7 * 7 }}', traceId: 'trace-a', indexedData: null },
			{ eventType: 'order.created', traceId: 'trace-b', userId: 'y'.repeat(5000) },
			{ eventType: 'order.created', traceId: 'trace-c' },
		);
		const known = log.api.events.find(isSuccess);
		const success = { eventType: 'authn_response', indexedData: { Result: 'success' } };
		signIns = appendInOrder(
			log,
			{ ...success, userId: known?.userId, ipAddress: '203.0.113.77' },
			{ ...success, userId: '</pre><b>&`<!here>', ipAddress: '203.0.113.78' },
			{ ...success, userId: 'two\nlines', ipAddress: '203.0.113.76' },
			{ ...success, userId: known?.userId, ipAddress: known?.ipAddress },
			{ ...success, userId: null, ipAddress: '203.0.113.79' },
			{
				...success,
				userId: known?.userId,
				ipAddress: '203.0.113.80',
				indexedData: { Result: 'failure' },
			},
		);
	});

	afterAll(async () => {
		await bed?.close();
		expect(bed.slack.refused.filter((it) => it.includes('slack'))).toEqual([]);
	});

	const idOf = (name: string) => published.get(name) ?? '';

	test('alert-on-failed-sign-ins: each address once per hour, with its count', async () => {
		const source = await bed.startApi('Failures', { eventCount: 0 });
		const name = 'alert-on-failed-sign-ins';
		const [many, odd] = ['203.0.113.99', '<!here>`\n'];
		appendSignIns(source, { ipAddress: many, count: 25 });
		appendSignIns(source, { ipAddress: odd, count: 20 });
		appendSignIns(source, { ipAddress: '203.0.113.98', count: 19 });
		appendSignIns(source, { ipAddress: '203.0.113.97', count: 30, result: 'success' });
		const last = (ip: string) =>
			source.api.events.find(({ ipAddress }) => ipAddress === ip)?.timestamp;
		expectSuccess(await bed.scheduled(bed.file(name), source));
		const message = [
			'Too many failed sign-ins in 15 minutes, by IP address:',
			`\`\`\`25 from 203.0.113.99, the last one at ${last(many)}`,
			`20 from &lt;!here&gt;ˋ , the last one at ${last(odd)}\`\`\`\n`,
		].join('\n');
		expect(bed.posted(`#${name}`)).toEqual([message]);

		// A minute later, there is one more address.
		appendSignIns(source, { ipAddress: '203.0.113.96', count: 21 });
		expectSuccess(await bed.run(await bed.store(bed.file(name, '-2'), source)));
		expect(bed.posted(`#${name}-2`)).toEqual([expect.stringContaining('21 from 203.0.113.96')]);
		expect(bed.posted(`#${name}-2`)[0]).not.toContain('99');

		// An hour later, all of them count again.
		const later = replaceIn(
			bed.file(name, '-3'),
			'$now.minus(1, \\"hour\\")',
			'$now.plus(1, \\"hour\\")',
		);
		expectSuccess(await bed.run(await bed.store(later, source)));
		expect(bed.posted(`#${name}-3`)[0]?.match(/\d+ from/g)).toEqual([
			'25 from',
			'21 from',
			'20 from',
		]);
	});

	test('alert-on-silence: once when the log falls silent, once when events are back', async () => {
		const source = await bed.startApi('Silence', { eventCount: 0 });
		const name = 'alert-on-silence';
		const timestamp = new Date(Date.now() - 90 * MINUTE_MS).toISOString();
		source.api.append({ timestamp });
		const silent =
			'The Signicat audit log is silent: no event in the last 60 minutes. ' +
			`The last event was at ${timestamp.slice(0, 19)} UTC.`;
		expectSuccess(await bed.scheduled(bed.file(name), source));
		expect(bed.posted(`#${name}`)).toEqual([silent]);
		const id = await bed.store(bed.file(name), source);
		expectSuccess(await bed.run(id));
		expect(bed.posted(`#${name}`)).toEqual([silent]);

		source.api.append({}, {}, {});
		const back = 'The Signicat audit log is back: 3 events in the last 60 minutes.';
		expectSuccess(await bed.run(id));
		expectSuccess(await bed.run(id));
		expect(bed.posted(`#${name}`)).toEqual([silent, back]);
	});

	test('alert-on-sensitive-actions: an action without a trace ID', async () => {
		const source = await bed.startApi('No trace', { eventCount: 0 });
		source.api.append({ eventType: 'apiclient.updated', traceId: null });
		const name = 'alert-on-sensitive-actions';
		const execution = await bed.run(await bed.store(bed.file(name, '-none'), source));
		expectSuccess(execution);
		expect(nodesThatRan(execution)).not.toContain('Get events with these trace IDs');
		expect(bed.posted(`#${name}-none`)).toEqual([
			expect.stringMatching(
				/apiclient\.updated by .+: unknown \[trace none]```[^]+\(the actions have no trace ID\)/,
			),
		]);
	});

	test('alert-on-new-event-type: one question for the poll, in which Slack interprets nothing', async () => {
		const name = 'alert-on-new-event-type';
		await bed.waiting(idOf(name));
		const [question, ...others] = bed.asked(`#${name}`);
		expect(others).toEqual([]);
		const lines = NEW_TYPES.slice(0, 10).map(([service, , shown], index) => {
			const listed = service === null ? 'not listed' : 'listed';
			return `${shown} (first seen at ${newTypes[index]?.timestamp}, ${listed} in the metadata)`;
		});
		expect(question?.text).toBe(
			`New in the Signicat audit log:\n\`\`\`${lines.join('\n')}\`\`\`\nand 2 more\nIs this expected?`,
		);
		expect(question?.text.length).toBeLessThan(3000);

		await select(question, 'Not expected');
		const execution = await bed.ended(idOf(name));
		expectSuccess(execution);
		expect(nodesThatRan(execution)).toContain('Escalate by email');
		const [email, ...more] = bed.mailed(`${name}@example.com`);
		expect(more).toEqual([]);
		expect(email?.subject).toBe('Signicat audit log: a new event type is not expected');
		expect(email?.text).toContain(
			`somebody selected "Not expected" for:\n\n${lines.join('\n')}\nand 2 more`,
		);
		expect(email?.text).toContain(`execution ${execution.id}`);
	});

	test('alert-on-new-event-type: "Expected" ends the execution without an email', async () => {
		const name = 'alert-on-new-event-type';
		const id = await bed.store(bed.file(name, '-expected'), types);
		expect((await bed.run(id)).status).toBe('waiting');
		await select(bed.asked(`#${name}-expected`)[0], 'Expected');
		const execution = await bed.ended(id);
		expectSuccess(execution);
		expect(nodesThatRan(execution)).toContain('Nothing to do');
		expect(bed.mailed(`${name}-expected@example.com`)).toEqual([]);
	});

	test('alert-on-new-event-type: no answer in time leads to an email', async () => {
		const name = 'alert-on-new-event-type-unanswered';
		expectSuccess(await bed.ended(unanswered));
		expect(bed.mailed(`${name}@example.com`)).toEqual([
			expect.objectContaining({ text: expect.stringContaining('Nobody answered in Slack') }),
		]);
	});

	test('alert-on-sensitive-actions: one message with the outcomes and everything of the same traces', async () => {
		const name = 'alert-on-sensitive-actions';
		expectSuccess(await bed.ended(idOf(name)));
		const lines = actions.map((event) => {
			const { timestamp, serviceName, eventType, userId, indexedData, traceId } = event;
			const outcome = String(indexedData?.Result ?? 'unknown');
			return shownInCode(
				`${timestamp.replace('Z', '0000Z')} ${serviceName} / ${eventType} by ${userId}: ${outcome} [trace ${traceId?.slice(0, 8) ?? 'none'}]`,
			);
		});
		const traced = lines.filter((_line, index) =>
			['trace-a', 'trace-b'].includes(actions[index]?.traceId ?? ''),
		);
		expect(traced).toHaveLength(4);
		expect(bed.posted(`#${name}`)).toEqual([
			[
				'3 sensitive action(s) in the Signicat audit log:',
				`\`\`\`${lines.slice(0, 3).join('\n')}\`\`\``,
				'Everything with the same trace IDs, oldest first:',
				`\`\`\`${traced.join('\n')}\`\`\``,
			].join('\n'),
		]);
	});

	test('alert-on-new-address: Slack and email name each new address, and count the known ones', async () => {
		const name = 'alert-on-new-address';
		const execution = await bed.ended(idOf(name));
		expectSuccess(execution);
		const lines = signIns
			.slice(0, 3)
			.map(({ userId, ipAddress, timestamp }) =>
				shownInCode(`${userId} from ${ipAddress}, first seen at ${timestamp}`),
			);
		const [summary] = itemsOf(execution, 'Count their sign-ins by address');
		// Signicat cannot be asked for an ID with a line break.
		const users = signIns.slice(0, 2).map(({ userId }) => userId);
		const counted = log.api.events.filter(
			(event) => isSuccess(event) && users.includes(event.userId),
		);
		expect(summary?.total).toBe(counted.length);
		expect(countsIn(summary?.groups as AuditEvent[])).toEqual(countsIn(counted));
		expect(bed.posted(`#${name}`)).toEqual([
			`Sign-ins from a new address:\n\`\`\`${lines.join('\n')}\`\`\`\n\n${String(summary?.slack)}`,
		]);
		const [email, ...others] = bed.mailed(`${name}@example.com`);
		expect(others).toEqual([]);
		expect(email?.html).toContain(`<pre>${lines.join('\n')}</pre>`);
		expect(email?.html).toContain(String(summary?.html).trim().slice(0, 5000));
		expect(email?.html).not.toMatch(/<b>|<!here>/);
	});
});

function isSuccess({
	serviceName,
	eventType,
	indexedData,
	userId,
	ipAddress,
}: AuditEvent): boolean {
	const isSignIn = serviceName === 'Broker' && eventType === 'authn_response';
	return isSignIn && indexedData?.Result === 'success' && Boolean(userId && ipAddress);
}

/** How often each user and address occurs. */
function countsIn(entries: ReadonlyArray<AuditEvent & { count?: number }>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { userId, ipAddress, count = 1 } of entries) {
		const key = JSON.stringify([userId, ipAddress]);
		counts.set(key, (counts.get(key) ?? 0) + count);
	}
	return counts;
}

/** A line of text within code, with nothing that Slack or HTML would interpret. */
function shownInCode(line: string): string {
	const plain = line
		.slice(0, 160)
		.replace(/[\p{C}\s]+/gu, ' ')
		.replaceAll('`', 'ˋ');
	return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** @throws Error if the workflow does not contain the text */
function replaceIn(file: WorkflowFile, text: string, other: string): WorkflowFile {
	const json = JSON.stringify(file);
	if (!json.includes(text)) throw new Error(`The workflow does not contain ${text}`);
	return JSON.parse(json.replace(text, other)) as WorkflowFile;
}

/** The same workflow, in which nobody has more than some seconds for an answer. */
function withWaitTime(file: WorkflowFile): WorkflowFile {
	return replaceIn(
		file,
		'"resumeAmount":24,"resumeUnit":"hours"',
		'"resumeAmount":0.05,"resumeUnit":"minutes"',
	);
}
