import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { type LoadTrigger, NODE_KEY } from '../trigger-model/engines';
import { cursorsOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';
import { credentialFor } from './engine';
import { loadsTrigger } from './httpWorld';

const BUDGET_MS = 36_000;

/** The data in which n8n stores the state of a node with the name Trigger. */
const saved = (state: unknown) => ({ [NODE_KEY]: { state } }) as IDataObject;

describe('A state that this version does not understand', () => {
	let harness: TriggerHarness;
	let load: LoadTrigger;
	let good: IDataObject;

	beforeEach(async () => {
		harness = await TriggerHarness.open('durable');
		load = loadsTrigger(credentialFor(harness.api), () => harness.parameters);
		await harness.poll();
		moveClock(MINUTE_MS);
		harness.append(20 * SECOND_MS);
		expect(await harness.poll()).toHaveLength(1);
		good = harness.state as unknown as IDataObject;
		moveClock(MINUTE_MS);
	});
	afterEach(async () => await harness.close());

	/** What the trigger emits with a state; expects it to emit another event after that. */
	const pollsWith = async (state: unknown) => {
		const trigger = load(saved(state));
		const first = cursorsOf(await trigger.poll(BUDGET_MS));
		expect(trigger.state()).toMatchObject({ version: 2 });
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		expect(cursorsOf(await trigger.poll(BUDGET_MS))).toEqual(events);
		expect(await trigger.poll(BUDGET_MS)).toEqual([]);
		return first;
	};

	test.each<[string, (state: IDataObject) => unknown]>([
		['of a future version', (state) => ({ ...state, version: 3 })],
		['of an earlier version', (state) => ({ ...state, version: 1, seen: 'AAAAAAAA00000010' })],
		['with events that are not readable', (state) => ({ ...state, emitted: { count: 7 } })],
		['with events as a list', (state) => ({ ...state, emitted: [1, 2] })],
		[
			'of a future version, of which only the watermark is known',
			({ watermark }) => ({ watermark }),
		],
		['with an overlap that is not a time', (state) => ({ ...state, overlapFrom: 7 })],
	])('%s: the trigger continues at its watermark', async (_what, spoil) => {
		const missed = harness.append(SECOND_MS);
		expect(await pollsWith(spoil(good))).toEqual(missed);
	});

	test.each<[string, (state: IDataObject) => unknown]>([
		['of another shape', () => ({ lastCursor: 'abc' })],
		['that is text', () => 'abc'],
		['that is a number', () => 42],
		['that is a list', () => [1, 2]],
		['that is null', () => null],
		['without a watermark', (state) => ({ ...state, watermark: undefined })],
		['with a watermark that is not a time', (state) => ({ ...state, watermark: 'yesterday' })],
	])('%s: the trigger starts over, and emits no existing events', async (_what, spoil) => {
		harness.append(SECOND_MS);
		expect(await pollsWith(spoil(good))).toEqual([]);
	});

	test('is used as far as possible if only the progress of learning is invalid', async () => {
		const missed = harness.append(SECOND_MS);
		const state = { ...good, toLearn: 'abc', spanMs: 'abc', clockAheadMs: [1], more: [1] };
		expect(await pollsWith(state)).toEqual(missed);
	});
});

describe('The state of an activation that n8n does not store', () => {
	let harness: TriggerHarness;
	let load: LoadTrigger;

	beforeEach(async () => {
		harness = await TriggerHarness.open('durable');
		load = loadsTrigger(credentialFor(harness.api), () => harness.parameters);
	});
	afterEach(async () => await harness.close());

	/** The workflow's data after a poll with `data`, and the cursors that the poll emitted. */
	const after = async (data: IDataObject) => {
		const trigger = load(data);
		const cursors = cursorsOf(await trigger.poll(BUDGET_MS));
		const { global, [NODE_KEY]: own } = trigger.staticData() as Record<string, IDataObject>;
		return { cursors, global, own };
	};

	test('is in the data of the workflow until the node has its own', async () => {
		const activation = await after({});
		const name = 'signicatAuditTrigger id-of-Trigger Trigger';
		expect(activation.global).toEqual({ [name]: activation.own?.state });
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		const before = { global: { ...activation.global, mine: 1 } };
		const second = await after(before);
		expect(second.cursors).toEqual(events);
		// n8n may store this before the state of the node, and be killed in between.
		expect(second.global).toEqual(before.global);
		moveClock(MINUTE_MS);
		const third = await after({ global: second.global, [NODE_KEY]: second.own });
		expect(third.cursors).toEqual([]);
		expect(third.global).toEqual({ mine: 1 });
	});

	test('is not stored there by an activation that emits events', async () => {
		harness.parameters = { options: { startFrom: 'lookback' } };
		const events = harness.append(MINUTE_MS);
		const { cursors, global } = await after({});
		expect(cursors).toEqual(events);
		expect(global).toEqual({});
	});
});

describe.each(ENGINE_NAMES)("Other filters in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	const broker = { filters: { serviceName: 'Broker' } };

	beforeEach(async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		moveClock(MINUTE_MS);
	});
	afterEach(async () => await harness.close());

	/** Saves the workflow with other filters, a moment later. */
	const change = (parameters: TriggerHarness['parameters']) => {
		moveClock(10);
		harness.parameters = parameters;
		harness.engine.restart();
	};

	test('do not emit again what was emitted a moment before', async () => {
		const events = harness.append(200, 100);
		expect(await harness.poll()).toEqual(events);
		change(broker);
		expect(await harness.poll()).toEqual([]);
		change({});
		expect(await harness.poll()).toEqual([]);
	});

	test('lose no event exactly at the end of the last poll', async () => {
		harness.api.configure({ fromInclusive: false, dateHeader: false });
		await harness.poll();
		const timestamp = harness.state?.watermark ?? '';
		const [event] = cursorsOf(harness.api.append({ timestamp }));
		change(broker);
		expect(await harness.poll()).toEqual([event]);
	});

	test('do not emit what the old ones skipped before', async () => {
		change({ filters: { serviceName: 'mobileid' } });
		harness.append(20 * SECOND_MS);
		expect(await harness.poll()).toEqual([]);
		change(broker);
		moveClock(MINUTE_MS);
		const events = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});
});

describe.each(ENGINE_NAMES)("New Event Type in n8n's %s engine", (name) => {
	let harness: TriggerHarness;
	afterEach(async () => await harness.close());

	const open = async (options = {}) =>
		await TriggerHarness.open(name, { parameters: { event: 'newEventType', options } });
	const fired = async () => (await harness.engine.poll()).map(({ eventType }) => eventType);

	test('emits although the overlap contains more events than Max Events per Poll', async () => {
		harness = await open({ maxEventsPerPoll: 5 });
		const append = (eventType: string, ageMs: number) =>
			harness.api.append({ timestamp: harness.ago(ageMs), eventType });
		append('known', 10 * SECOND_MS);
		expect(await fired()).toEqual([]);
		moveClock(MINUTE_MS);
		for (let ageMs = 50_000; ageMs > 10_000; ageMs -= 4000) append('known', ageMs);
		const polls = [await fired(), await fired()];
		append('odd', SECOND_MS);
		for (let poll = 0; poll < 4; poll++) {
			moveClock(5 * SECOND_MS);
			polls.push(await fired());
		}
		expect(polls.flat()).toEqual(['odd']);
	});

	test('learns the types of events in the same second as the activation', async () => {
		harness = await open();
		// Otherwise, the event type is known from the metadata.
		harness.api.configure({ metadataShape: 'unexpected' });
		harness.api.append({ timestamp: harness.ago(200), eventType: 'there' });
		expect(await fired()).toEqual([]);
		moveClock(MINUTE_MS);
		expect(await fired()).toEqual([]);
	});

	test('learns the types in the overlap, even if Learn Days is shorter', async () => {
		harness = await open({ learnDays: 1, lateArrivalMinutes: 2 * 24 * 60 });
		harness.api.configure({ metadataShape: 'unexpected' });
		harness.api.append({ timestamp: harness.ago(36 * 60 * MINUTE_MS), eventType: 'there' });
		expect(await fired()).toEqual([]);
		moveClock(MINUTE_MS);
		expect(await fired()).toEqual([]);
	});
});
