import '../trigger-model/instantSleep';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
	type IDataObject,
	type INode,
	type INodeParameters,
	type INodeTypes,
	Workflow,
} from 'n8n-workflow';
import { SignicatAuditTrigger } from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { credentialFor, RunningTrigger } from './engine';
import { cursorsOf, DAY_MS, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

const ONE_ITEM: INodeParameters = { emit: 'oneItemPerPoll' };

/** What an item of One Item per Poll holds. */
interface OneItem extends IDataObject {
	count: number;
	from: string;
	to: string;
	events: IDataObject[];
}

describe.each(ENGINE_NAMES)("One Item per Poll in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	const open = async (parameters: INodeParameters = {}) => {
		harness = await TriggerHarness.open(name, { parameters: { ...ONE_ITEM, ...parameters } });
		await harness.engine.poll();
		moveClock(MINUTE_MS);
	};
	const poll = async () => (await harness.engine.poll()) as OneItem[];

	test('returns everything that a poll finds in one item, and nothing where there is nothing', async () => {
		await open();
		const events = harness.append(3000, 2000, 1000);
		const [item, ...others] = await poll();
		expect(others).toEqual([]);
		expect(item).toEqual({
			count: 3,
			// From Late Arrival Minutes before the activation, up to the present by Signicat's clock.
			from: '2026-11-01T11:54:57.3450000Z',
			to: expect.stringMatching(/^2026-11-01T12:01:0[0-2]/),
			events: [expect.anything(), expect.anything(), expect.anything()],
		});
		expect(cursorsOf(item?.events ?? [])).toEqual(events);
		expect(await poll()).toEqual([]);
	});

	test('covers late events, too', async () => {
		await open();
		harness.append(4 * MINUTE_MS, SECOND_MS);
		const [item] = await poll();
		const times = (item?.events ?? []).map(({ timestamp }) => String(timestamp));
		expect(times).toHaveLength(2);
		expect(times.filter((time) => time < (item?.from ?? '') || time >= (item?.to ?? ''))).toEqual(
			[],
		);
	});

	test('has at most Max Events per Poll, and ends there', async () => {
		await open({ options: { maxEventsPerPoll: 2 } });
		const events = harness.append(5000, 4000, 3000, 2000, 1000);
		const items = [...(await poll()), ...(await poll()), ...(await poll()), ...(await poll())];
		expect(items.map(({ count }) => count)).toEqual([2, 2, 1]);
		expect(items.map((item) => cursorsOf(item.events)).flat()).toEqual(events);
		for (const { events: own, to } of items) {
			expect(own.every(({ timestamp }) => String(timestamp) < to)).toBe(true);
		}
	});

	test('splits what would be too large over several polls, and loses and repeats nothing', async () => {
		await open({ output: 'raw' });
		const message = 'x'.repeat(900_000);
		const drafts = Array.from({ length: 10 }, (_one, index) => ({
			timestamp: harness.ago(20_000 - index * 1000),
			message,
		}));
		const events = cursorsOf(harness.api.append(...drafts));
		const items: OneItem[] = [];
		for (let count = 0; count < 5; count++) {
			items.push(...(await poll()));
			moveClock(SECOND_MS);
		}
		expect(items.map(({ count }) => count)).toEqual([4, 4, 2]);
		expect(items.flatMap((item) => cursorsOf(item.events))).toEqual(events);
		for (const item of items) expect(JSON.stringify(item).length).toBeLessThan(4_100_000);
	});

	test('returns an event that alone is too large', async () => {
		await open({ output: 'raw' });
		const [small] = harness.append(3000);
		const [large] = cursorsOf(
			harness.api.append({ timestamp: harness.ago(2000), message: 'x'.repeat(4_500_000) }),
		);
		const [last] = harness.append(1000);
		const items = [...(await poll()), ...(await poll()), ...(await poll()), ...(await poll())];
		expect(items.map((item) => cursorsOf(item.events))).toEqual([[small], [large], [last]]);
	});

	test.each([
		['newEventType', {}],
		['newValue', { fields: 'eventType' }],
	])('returns what is new with %s', async (event, more) => {
		await open({ event, ...more });
		harness.api.append(
			{ timestamp: harness.ago(2000), eventType: 'odd' },
			{ timestamp: harness.ago(1000), eventType: 'other' },
		);
		const [item, ...others] = await poll();
		expect(others).toEqual([]);
		expect(item?.count).toBe(2);
		expect(item?.events.map((one) => (one.event as IDataObject).eventType)).toEqual([
			'odd',
			'other',
		]);
		expect(await poll()).toEqual([]);
	});
});

describe.each(ENGINE_NAMES)("Start From Date in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	const open = async (startDate: string) => {
		const options = { startFrom: 'date', startDate };
		harness = await TriggerHarness.open(name, { parameters: { options } });
	};

	test('returns the events from that date on, once', async () => {
		await open('2026-09-01T00:00:00Z');
		harness.append(62 * DAY_MS);
		const events = harness.append(61 * DAY_MS, DAY_MS, SECOND_MS);
		expect(await harness.poll()).toEqual(events);
		harness.engine.restart();
		moveClock(MINUTE_MS);
		const fresh = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(fresh);
		expect(await harness.poll()).toEqual([]);
	});

	test("is read in the workflow's time zone, which is UTC here", async () => {
		await open('2026-11-01T11:00:00');
		harness.append(60 * MINUTE_MS + SECOND_MS);
		const events = harness.append(60 * MINUTE_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('does not have to be in the past once the trigger has started', async () => {
		await open('2026-11-01T11:59:00Z');
		harness.append(10 * SECOND_MS);
		expect(await harness.poll()).toHaveLength(1);
		// n8n's clock is set back.
		moveClock(-60 * MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		moveClock(61 * MINUTE_MS);
		const fresh = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(fresh);
	});

	test('has no effect after the first activation', async () => {
		await open('2026-11-01T00:00:00Z');
		await harness.poll();
		const options = { startFrom: 'date', startDate: '2026-10-01T00:00:00Z' };
		harness.append(10 * DAY_MS);
		harness.parameters = { options };
		harness.engine.restart();
		expect(await harness.poll()).toEqual([]);
	});
});

describe('Fetch Test Event', () => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	const KINDS: INodeParameters[] = [
		{ event: 'newEvent' },
		{ event: 'newEventType' },
		{ event: 'newValue', fields: 'userId,Idp,data.result' },
	];
	const OUTPUTS: INodeParameters[] = [
		{ output: 'simplified' },
		{ output: 'raw' },
		{ output: 'selectedFields', outputFields: 'userId,Idp' },
		{ output: 'ecs', options: { includeOriginal: true, outcomeProperty: 'Result' } },
		{ output: 'ocsf' },
		{ output: 'cef' },
	];
	const combinations = KINDS.flatMap((kind) =>
		['itemPerEvent', 'oneItemPerPoll'].flatMap((emit) =>
			OUTPUTS.map((output) => ({ ...kind, emit, ...output })),
		),
	);

	test.each(combinations.map((parameters) => [JSON.stringify(parameters), parameters] as const))(
		'shows what a poll returns: %s',
		async (_what, parameters) => {
			harness = await TriggerHarness.open('default', { parameters: { event: 'newEvent' } });
			const credential = credentialFor(harness.api);
			const trigger = new RunningTrigger(credential, parameters);
			await trigger.poll();
			moveClock(MINUTE_MS);
			harness.api.append({
				timestamp: harness.ago(SECOND_MS),
				serviceName: 'Broker',
				eventType: 'odd',
				userId: 'user-1',
				indexedData: { Idp: 'nbid', Result: 'success' },
			});
			const test = await trigger.poll({ mode: 'manual' });
			const real = await trigger.poll();
			const withoutRange = (items: IDataObject[]) =>
				items.map((item) => ({ ...item, from: typeof item.from, to: typeof item.to }));
			expect(real).toHaveLength(1);
			expect(withoutRange(test)).toEqual(withoutRange(real));
			expect(Object.keys(test[0] ?? {})).toEqual(Object.keys(real[0] ?? {}));
		},
	);

	test('shows the newest event that has one of the fields of New Value', async () => {
		harness = await TriggerHarness.open('default');
		const parameters = { event: 'newValue', fields: 'Method' };
		harness.api.append({ timestamp: harness.ago(9000), indexedData: { Method: 'otp' } });
		harness.append(...Array.from({ length: 1500 }, (_one, index) => 8000 - index));
		const trigger = new RunningTrigger(credentialFor(harness.api), parameters);
		expect(await trigger.poll({ mode: 'manual' })).toEqual([
			expect.objectContaining({ values: { Method: 'otp' } }),
		]);
		expect(trigger.state).toBeUndefined();
	});

	test('names the fields of New Value where no event has one', async () => {
		harness = await TriggerHarness.open('default');
		harness.append(SECOND_MS);
		const parameters = { event: 'newValue', fields: 'userid' };
		const trigger = new RunningTrigger(credentialFor(harness.api), parameters);
		await expect(trigger.poll({ mode: 'manual' })).rejects.toMatchObject({
			message: 'No matching event in the last 30 days has one of the chosen fields',
			description: expect.stringContaining("'Field Names or IDs'"),
		});
	});
});

describe('What the editor shows of the trigger', () => {
	const trigger = new SignicatAuditTrigger();
	const { subtitle, hints = [] } = trigger.description;
	const nodeTypes = {
		getByName: () => trigger,
		getByNameAndVersion: () => trigger,
		getKnownTypes: () => ({}),
	} as INodeTypes;

	/** The value of an expression of the description, for a node with parameters. */
	const valueOf = (expression: string | undefined, parameters: INodeParameters) => {
		const node = {
			id: 'id',
			name: 'Trigger',
			type: 'trigger',
			typeVersion: 1,
			position: [0, 0],
			parameters,
		} as INode;
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		return workflow.expression.getSimpleParameterValue(
			workflow.getNode('Trigger') as INode,
			expression,
			'internal',
			{},
		);
	};

	test.each([
		[{}, 'New event'],
		[{ event: 'newEventType' }, 'New event type'],
		[{ event: 'newValue', fields: ['userId', 'ipAddress'] }, 'New value: userId,ipAddress'],
	] as Array<[INodeParameters, string]>)('is the kind of event: %j', (parameters, shown) => {
		expect(valueOf(subtitle, parameters)).toBe(shown);
	});

	test('is that several items may come, unless there is one per poll', () => {
		expect(hints).toHaveLength(1);
		const shows = (parameters: INodeParameters) => valueOf(hints[0]?.displayCondition, parameters);
		expect([shows({}), shows({ emit: 'itemPerEvent' }), shows(ONE_ITEM)]).toEqual([
			true,
			true,
			false,
		]);
	});
});
