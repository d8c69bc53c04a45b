import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AlertBed, select, type Source } from '../support/alertBed';
import { appendSignIns, expectSuccess } from '../support/alertEvents';

describe('The example workflows that alert somebody, while a receiver is down', () => {
	let bed: AlertBed;

	beforeAll(async () => {
		bed = await AlertBed.open();
	});

	afterAll(async () => await bed?.close());

	test.each([
		['alert-on-new-event-type', 'the question whether a new event type is expected'],
		['alert-on-sensitive-actions', 'an alert about sensitive actions'],
		['alert-on-new-address', 'an alert about sign-ins from a new address'],
		['alert-on-failed-sign-ins', 'an alert about failed sign-ins'],
		['alert-on-silence', 'that the audit log is silent'],
	])('%s: without Slack, an email says what was not sent', async (name, what) => {
		const source = await quietSource(name);
		const id = await bed.store(bed.file(name, '-outage'), source);
		bed.slack.isDown = true;
		const execution = await bed.run(id).finally(() => (bed.slack.isDown = false));
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.lastNodeExecuted).toBe('Fail the execution');
		const [email, ...others] = bed.mailed(`errors-${name}-outage@example.com`);
		expect(others).toEqual([]);
		expect(email?.subject).toContain('n8n could not post to Slack: ');
		expect(email?.text).toContain(`#${name}-outage in Slack`);
		expect(email?.text).toContain(`Not sent: ${what}`);
		expect(email?.text).toContain(`execution ${execution.id}`);
		expect(email?.text).not.toMatch(/203\.0\.113|apiclient/);
		if (name === 'alert-on-new-address') {
			expect(bed.mailed(`${name}-outage@example.com`)[0]?.html).toContain('from 203.0.113.');
		}
		if (!['alert-on-failed-sign-ins', 'alert-on-silence'].includes(name)) return;
		// What Slack was not told of is not remembered.
		expectSuccess(await bed.run(id));
		expect(bed.posted(`#${name}-outage`)).toHaveLength(1);
	});

	test.each(['alert-on-new-event-type', 'alert-on-new-address'])(
		'%s: without email, Slack says what was not sent',
		async (name) => {
			const id = await bed.store(bed.file(name, '-unmailed'), await quietSource(`${name}, 2`));
			bed.mail.isDown = true;
			const first = await bed.run(id);
			if (first.status === 'waiting')
				await select(bed.asked(`#${name}-unmailed`)[0], 'Not expected');
			const execution = await bed.ended(id).finally(() => (bed.mail.isDown = false));
			expect(execution.status).toBe('error');
			expect(execution.data.resultData.lastNodeExecuted).toBe('Fail the execution');
			expect(bed.posted(`#errors-${name}-unmailed`)).toEqual([
				expect.stringContaining(`could not send an email to ${name}-unmailed@example.com`),
			]);
			expect(bed.posted(`#errors-${name}-unmailed`)[0]).toContain(`execution ${execution.id}`);
		},
	);

	test('alert-on-new-event-type: without the metadata, the question is asked nevertheless', async () => {
		const name = 'alert-on-new-event-type';
		const source = await quietSource(`${name}, 3`);
		source.api.fail({ status: 403 }, { on: 'metadata', times: Infinity });
		await bed.run(await bed.store(bed.file(name, '-unlisted'), source));
		expect(bed.asked(`#${name}-unlisted`)[0]?.text).toContain('metadata not available');
	});

	/** A log with just enough for one alert of each workflow, except that it is silent for `alert-on-silence`. */
	async function quietSource(name: string): Promise<Source> {
		const source = await bed.startApi(name, { eventCount: 0 });
		if (name.startsWith('alert-on-silence')) return source;
		appendSignIns(source, { ipAddress: '203.0.113.50', count: 20 });
		appendSignIns(source, { ipAddress: '203.0.113.51', count: 1, result: 'success' });
		source.api.append({ eventType: 'apiclient.updated', traceId: 'trace-d' });
		return source;
	}
});
