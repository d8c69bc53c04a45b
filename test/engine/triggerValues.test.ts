import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { shortHash } from '../../nodes/SignicatAuditTrigger/state/pollState';
import { MAX_VALUES } from '../../nodes/SignicatAuditTrigger/state/bounds';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { DAY_MS, failureOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

type Fields = Record<string, unknown>;

describe.each(ENGINE_NAMES)("New Value in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	const open = async (fields: unknown, more: INodeParameters = {}) => {
		const parameters = { event: 'newValue', fields, ...more } as INodeParameters;
		harness = await TriggerHarness.open(name, { parameters });
	};
	const append = (ageMs: number, fields: Fields) => {
		const timestamp = harness.ago(ageMs);
		const [event] = harness.api.append({ ...fields, timestamp });
		return event;
	};
	const poll = async () => await harness.engine.poll();
	const fired = async () => (await poll()).map(({ values }) => Object.values(values as Fields));
	/** The known values of one field, those not seen for the longest time first. */
	const known = () => harness.state?.knownTypes.match(/.{8}/g) ?? [];
	const hashes = (...values: unknown[]) => values.map((one) => shortHash(JSON.stringify([one])));

	test('learns what is there, and returns each new value once, with its first event', async () => {
		await open('userId');
		append(20 * DAY_MS, { userId: 'old' });
		append(MINUTE_MS, { userId: 'recent' });
		expect(await poll()).toEqual([]);
		moveClock(MINUTE_MS);
		append(40 * SECOND_MS, { userId: 'old' });
		append(30 * SECOND_MS, { userId: 'recent' });
		const first = append(20 * SECOND_MS, { userId: 'new', ipAddress: '192.0.2.1' });
		append(10 * SECOND_MS, { userId: 'new' });
		expect(await poll()).toEqual([
			{
				values: { userId: 'new' },
				firstSeenAt: first?.timestamp,
				event: expect.objectContaining({ cursor: first?.cursor, ipAddress: '192.0.2.1' }),
			},
		]);
		moveClock(MINUTE_MS);
		append(SECOND_MS, { userId: 'new' });
		expect(await poll()).toEqual([]);
	});

	test('keeps what the activation has learned where Signicat is unavailable right afterwards', async () => {
		await open('userId');
		append(20 * DAY_MS, { userId: 'old' });
		harness.api.fail({ status: 503 }, { on: 'query', skip: 2, times: 3 });
		expect(await poll()).toEqual([]);
		expect(known()).toEqual(hashes('old'));
		moveClock(MINUTE_MS);
		append(40 * SECOND_MS, { userId: 'old' });
		append(30 * SECOND_MS, { userId: 'new' });
		expect(await fired()).toEqual([['new']]);
	});

	test('returns each new combination of values, with null for a field that is missing', async () => {
		await open(['userId', 'ipAddress', 'Idp']);
		await poll();
		moveClock(MINUTE_MS);
		append(50_000, { userId: 'u1', ipAddress: 'a', indexedData: { Idp: 'nbid' } });
		append(40_000, { userId: 'u1', ipAddress: 'b', indexedData: { Idp: 'nbid' } });
		append(30_000, { userId: 'u2', ipAddress: 'a', indexedData: null });
		append(20_000, { userId: 'u1', ipAddress: 'a', indexedData: { Idp: 'nbid' } });
		append(10_000, { userId: null, ipAddress: 'a', indexedData: {} });
		const items = await poll();
		expect(items.map(({ values }) => values)).toEqual([
			{ userId: 'u1', ipAddress: 'a', Idp: 'nbid' },
			{ userId: 'u1', ipAddress: 'b', Idp: 'nbid' },
			{ userId: 'u2', ipAddress: 'a', Idp: null },
			{ userId: null, ipAddress: 'a', Idp: null },
		]);
	});

	test('skips events that have none of the fields', async () => {
		await open('Idp,data.result');
		await poll();
		moveClock(MINUTE_MS);
		append(3000, { userId: 'u1', indexedData: null, data: null });
		append(2000, { userId: 'u1', indexedData: null, data: { result: false } });
		expect(await fired()).toEqual([[null, false]]);
		expect(known()).toHaveLength(1);
	});

	test('a restart neither emits again nor forgets', async () => {
		await open('userId');
		await poll();
		moveClock(MINUTE_MS);
		append(500, { userId: 'u1' });
		expect(await fired()).toEqual([['u1']]);
		harness.engine.restart();
		append(400, { userId: 'u1' });
		append(300, { userId: 'u2' });
		expect(await fired()).toEqual([['u2']]);
		moveClock(60 * MINUTE_MS);
		append(200, { userId: 'u1' });
		expect(await fired()).toEqual([]);
		expect(harness.remembered).toBe(0);
	});

	test('values that n8n could not store before it was killed are emitted again', async () => {
		await open('userId');
		await poll();
		moveClock(MINUTE_MS);
		append(500, { userId: 'u1' });
		expect(await harness.engine.pollAndDie()).toHaveLength(1);
		moveClock(MINUTE_MS);
		expect(await fired()).toEqual([['u1']]);
		expect(await fired()).toEqual([]);
	});

	test('a value that appears again moves behind those that have not appeared for longer', async () => {
		await open('userId');
		await poll();
		moveClock(MINUTE_MS);
		append(3000, { userId: 'u1' });
		append(2000, { userId: 'u2' });
		append(1000, { userId: 'u3' });
		await poll();
		expect(known()).toEqual(hashes('u1', 'u2', 'u3'));
		moveClock(10 * MINUTE_MS);
		append(2000, { userId: 'u1' });
		append(1000, { userId: 'u4' });
		expect(await fired()).toEqual([['u4']]);
		expect(known()).toEqual(hashes('u2', 'u3', 'u1', 'u4'));
	});

	test('more values than it can remember do not come again with the next poll', async () => {
		await open('userId', { options: { maxEventsPerPoll: 30_000 } });
		await poll();
		moveClock(MINUTE_MS);
		const count = MAX_VALUES + 5;
		const drafts = Array.from({ length: count }, (_one, index) => ({
			timestamp: harness.ago(250_000 - index * 10),
			userId: `user-${index}`,
		}));
		harness.api.append(...drafts);
		expect(await poll()).toHaveLength(count);
		expect(known()).toHaveLength(MAX_VALUES);
		// After the last event whose value was forgotten.
		expect(harness.state?.overlapFrom).toBe(
			`${new Date(Date.parse(drafts[4]?.timestamp ?? '') + 1).toISOString().slice(0, 23)}0000Z`,
		);
		moveClock(MINUTE_MS);
		expect(await poll()).toEqual([]);
		append(2000, { userId: 'user-4' });
		append(1000, { userId: 'user-5' });
		expect(await fired()).toEqual([['user-4']]);
	});

	test('Learn Days limits what is learned', async () => {
		await open('userId', { options: { learnDays: 2 } });
		append(3 * DAY_MS, { userId: 'longAgo' });
		append(1 * DAY_MS, { userId: 'recent' });
		await poll();
		moveClock(MINUTE_MS);
		append(2000, { userId: 'recent' });
		append(1000, { userId: 'longAgo' });
		expect(await fired()).toEqual([['longAgo']]);
	});

	test('other filters keep what is known, other fields are learned anew', async () => {
		await open('userId');
		await poll();
		moveClock(40 * DAY_MS);
		append(39 * DAY_MS, { userId: 'u1', clientId: 'c1' });
		append(1000, { userId: 'u2', clientId: 'c2' });
		expect(await fired()).toEqual([['u1'], ['u2']]);
		const change = (parameters: INodeParameters) => {
			harness.parameters = { event: 'newValue', ...parameters };
			harness.engine.restart();
			moveClock(MINUTE_MS);
		};
		change({ fields: 'userId', filters: { serviceName: 'Broker' } });
		append(2000, { userId: 'u1', serviceName: 'Broker' });
		append(1000, { userId: 'u3', serviceName: 'Broker' });
		expect(await fired()).toEqual([['u3']]);
		change({ fields: 'clientId' });
		append(3000, { clientId: 'c1' });
		append(2000, { clientId: 'c2' });
		append(1000, { clientId: 'c3' });
		// The first client ID appeared before the days that are learned.
		expect(await fired()).toEqual([['c1'], ['c3']]);
	});

	test('the same fields as New Event Type know the same values', async () => {
		harness = await TriggerHarness.open(name, { parameters: { event: 'newEventType' } });
		const type = { serviceName: 'Broker', eventType: 'odd' };
		await poll();
		moveClock(MINUTE_MS);
		append(1000, type);
		expect(await poll()).toHaveLength(1);
		harness.parameters = { event: 'newValue', fields: 'serviceName,eventType' };
		harness.engine.restart();
		moveClock(MINUTE_MS);
		append(2000, type);
		append(1000, { ...type, eventType: 'new' });
		expect(await fired()).toEqual([['Broker', 'new']]);
	});

	test('an outage at activation postpones the learning, and no existing value is emitted', async () => {
		await open('userId');
		append(MINUTE_MS, { userId: 'old' });
		harness.api.fail({ status: 503 }, { on: 'query', times: 3 });
		expect(await poll()).toEqual([]);
		moveClock(MINUTE_MS);
		append(2000, { userId: 'old' });
		append(1000, { userId: 'new' });
		const polls: IDataObject[] = [];
		for (let count = 0; count < 3; count++) {
			polls.push(...(await poll()));
			moveClock(MINUTE_MS);
		}
		expect(polls.map(({ values }) => values)).toEqual([{ userId: 'new' }]);
	});

	test('reports fields that it cannot watch, and sends no request', async () => {
		await open('a,b,c,d');
		const error = await failureOf(poll());
		expect(error.message).toContain("'Field Names or IDs'");
		expect(harness.newRequests()).toEqual([]);
	});
});
