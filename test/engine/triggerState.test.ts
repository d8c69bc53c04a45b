import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { moveClock } from '../trigger-model/clock';
import { type LoadTrigger, NODE_KEY } from '../trigger-model/engines';
import { Bench, cursorsOf, engineNames, MINUTE_MS, SECOND_MS } from './bench';
import { credentialFor } from './engine';
import { loadsTrigger } from './httpWorld';

const BUDGET_MS = 36_000;

/** Where n8n keeps the state of a node with the name Trigger. */
const saved = (state: unknown) => ({ [NODE_KEY]: { state } }) as IDataObject;

describe('A state that this version does not understand', () => {
	let bench: Bench;
	let load: LoadTrigger;
	let good: IDataObject;

	beforeEach(async () => {
		bench = await Bench.open('durable');
		load = loadsTrigger(credentialFor(bench.api), () => bench.parameters);
		await bench.poll();
		moveClock(MINUTE_MS);
		bench.append(20 * SECOND_MS);
		expect(await bench.poll()).toHaveLength(1);
		good = bench.state as unknown as IDataObject;
		moveClock(MINUTE_MS);
	});
	afterEach(async () => await bench.close());

	/** What the trigger gives with a state, now and after a further event. */
	const pollsWith = async (state: unknown) => {
		const trigger = load(saved(state));
		const first = cursorsOf(await trigger.poll(BUDGET_MS));
		expect(trigger.state()).toMatchObject({ version: 1 });
		moveClock(MINUTE_MS);
		const events = bench.append(SECOND_MS);
		expect(cursorsOf(await trigger.poll(BUDGET_MS))).toEqual(events);
		expect(await trigger.poll(BUDGET_MS)).toEqual([]);
		return first;
	};

	test.each<[string, (state: IDataObject) => unknown]>([
		['of a future version', (state) => ({ ...state, version: 2 })],
		[
			'of a future version, of which only the watermark is known',
			({ watermark }) => ({ watermark }),
		],
		['with an overlap that is no time', (state) => ({ ...state, overlapFrom: 7 })],
	])('%s: the trigger goes on at its watermark', async (_what, spoil) => {
		const missed = bench.append(SECOND_MS);
		expect(await pollsWith(spoil(good))).toEqual(missed);
	});

	test.each<[string, (state: IDataObject) => unknown]>([
		['of another shape', () => ({ lastCursor: 'abc' })],
		['that is text', () => 'abc'],
		['that is a number', () => 42],
		['that is a list', () => [1, 2]],
		['that is null', () => null],
		['without a watermark', (state) => ({ ...state, watermark: undefined })],
		['with a watermark that is no time', (state) => ({ ...state, watermark: 'yesterday' })],
	])('%s: the trigger begins anew, and gives nothing of what was there', async (_what, spoil) => {
		bench.append(SECOND_MS);
		expect(await pollsWith(spoil(good))).toEqual([]);
	});

	test('is used as far as it goes where only what it was learning is broken', async () => {
		const missed = bench.append(SECOND_MS);
		const state = { ...good, toLearn: 'abc', spanMs: 'abc', clockAheadMs: [1], more: [1] };
		expect(await pollsWith(state)).toEqual(missed);
	});
});

describe('The state of an activation that n8n does not keep', () => {
	let bench: Bench;
	let load: LoadTrigger;

	beforeEach(async () => {
		bench = await Bench.open('durable');
		load = loadsTrigger(credentialFor(bench.api), () => bench.parameters);
	});
	afterEach(async () => await bench.close());

	/** The workflow's data after a poll with `data`, and what the poll gave. */
	const after = async (data: IDataObject) => {
		const trigger = load(data);
		const cursors = cursorsOf(await trigger.poll(BUDGET_MS));
		const { global, [NODE_KEY]: own } = trigger.staticData() as Record<string, IDataObject>;
		return { cursors, global, own };
	};

	test('lies in the data of the workflow until there is one of the node', async () => {
		const activation = await after({});
		const name = 'signicatAuditTrigger id-of-Trigger';
		expect(activation.global).toEqual({ [name]: activation.own?.state });
		moveClock(MINUTE_MS);
		const events = bench.append(SECOND_MS);
		const before = { global: { ...activation.global, mine: 1 } };
		const second = await after(before);
		expect(second.cursors).toEqual(events);
		// n8n may write this down before the state of the node, and die in between.
		expect(second.global).toEqual(before.global);
		moveClock(MINUTE_MS);
		const third = await after({ global: second.global, [NODE_KEY]: second.own });
		expect(third.cursors).toEqual([]);
		expect(third.global).toEqual({ mine: 1 });
	});

	test('is not written down with the events of an activation that gives some', async () => {
		bench.parameters = { options: { startFrom: 'lookback' } };
		const events = bench.append(MINUTE_MS);
		const { cursors, global } = await after({});
		expect(cursors).toEqual(events);
		expect(global).toEqual({});
	});
});

describe.each(engineNames)("Other filters in n8n's %s engine", (name) => {
	let bench: Bench;
	const broker = { filters: { serviceName: 'Broker' } };

	beforeEach(async () => {
		bench = await Bench.open(name);
		await bench.poll();
		moveClock(MINUTE_MS);
	});
	afterEach(async () => await bench.close());

	/** Saved with other filters, a moment later. */
	const change = (parameters: Bench['parameters']) => {
		moveClock(10);
		bench.parameters = parameters;
		bench.engine.restart();
	};

	test('give nothing again of what was given a moment before', async () => {
		const events = bench.append(200, 100);
		expect(await bench.poll()).toEqual(events);
		change(broker);
		expect(await bench.poll()).toEqual([]);
		change({});
		expect(await bench.poll()).toEqual([]);
	});

	test('lose no event that lies exactly where the last poll ended', async () => {
		bench.api.configure({ fromInclusive: false, dateHeader: false });
		await bench.poll();
		const timestamp = bench.state?.watermark ?? '';
		const [event] = cursorsOf(bench.api.append({ timestamp }));
		change(broker);
		expect(await bench.poll()).toEqual([event]);
	});

	test('do not give what the old ones passed over before', async () => {
		change({ filters: { serviceName: 'mobileid' } });
		bench.append(20 * SECOND_MS);
		expect(await bench.poll()).toEqual([]);
		change(broker);
		moveClock(MINUTE_MS);
		const events = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(events);
	});
});

describe.each(engineNames)("New Event Type in n8n's %s engine", (name) => {
	let bench: Bench;
	afterEach(async () => await bench.close());

	const open = async (options = {}) =>
		await Bench.open(name, { parameters: { event: 'newEventType', options } });
	const fired = async () => (await bench.engine.poll()).map(({ eventType }) => eventType);

	test('fires although the overlap holds more events than one poll may give', async () => {
		bench = await open({ maxEventsPerPoll: 5 });
		const append = (eventType: string, ageMs: number) =>
			bench.api.append({ timestamp: bench.ago(ageMs), eventType });
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

	test('learns what is there in the very second of the activation', async () => {
		bench = await open();
		// Otherwise the event type is known by the metadata.
		bench.api.configure({ metadataShape: 'unexpected' });
		bench.api.append({ timestamp: bench.ago(200), eventType: 'there' });
		expect(await fired()).toEqual([]);
		moveClock(MINUTE_MS);
		expect(await fired()).toEqual([]);
	});

	test('learns what is in the overlap, also where less of the past is to be learned', async () => {
		bench = await open({ learnDays: 1, lateArrivalMinutes: 2 * 24 * 60 });
		bench.api.configure({ metadataShape: 'unexpected' });
		bench.api.append({ timestamp: bench.ago(36 * 60 * MINUTE_MS), eventType: 'there' });
		expect(await fired()).toEqual([]);
		moveClock(MINUTE_MS);
		expect(await fired()).toEqual([]);
	});
});
