import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ENGINE_NAMES } from '../support/pollingEngines';
import { moveClock } from '../trigger-model/clock';
import { cursorsOf, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

describe.each(ENGINE_NAMES)("In n8n's %s engine", (name) => {
	let harness: TriggerHarness;

	beforeEach(async () => {
		harness = await TriggerHarness.open(name);
		await harness.poll();
		harness.newRequests();
	});
	afterEach(async () => await harness.close());

	test('an idle poll costs one request and no token, and moves the watermark', async () => {
		const before = harness.state;
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		expect(harness.newRequests()).toEqual(['query']);
		// To the whole second of the Date header, and two more seconds back.
		expect(harness.state).toEqual({
			...before,
			watermark: '2026-11-01T12:01:00.0000000Z',
			overlapFrom: '2026-11-01T11:55:58.0000000Z',
		});
	});

	test('events with the same timestamp are emitted together, even beyond Max Events per Poll', async () => {
		harness.parameters = { options: { maxEventsPerPoll: 2 } };
		harness.engine.restart();
		moveClock(MINUTE_MS);
		const before = harness.append(30 * SECOND_MS);
		const crowd = harness.append(20_000, 20_000, 20_000, 20_000, 20_000);
		const after = harness.append(10 * SECOND_MS);
		const polls = [
			await harness.poll(),
			await harness.poll(),
			await harness.poll(),
			await harness.poll(),
		];
		expect(polls.map(({ length }) => length)).toEqual([6, 1, 0, 0]);
		expect(polls[0]?.[0]).toBe(before[0]);
		expect([...(polls[0] ?? [])].sort()).toEqual([...before, ...crowd].sort());
		expect(polls[1]).toEqual(after);
		expect(harness.remembered).toBe(7);
	});

	test('events on both sides of the watermark, within its millisecond, are each emitted once', async () => {
		moveClock(1655);
		const at = (digits: string) => ({ timestamp: `2026-11-01T12:00:01.${digits}Z` });
		const [first] = cursorsOf(harness.api.append(at('9999999')));
		expect(await harness.poll()).toEqual([first]);
		expect(harness.state?.watermark).toBe('2026-11-01T12:00:02.0000000Z');
		const later = [at('9999999'), { timestamp: '2026-11-01T12:00:02.0000000Z' }];
		const appended = cursorsOf(harness.api.append(...later));
		moveClock(SECOND_MS);
		expect(await harness.poll()).toEqual(appended);
		expect(await harness.poll()).toEqual([]);
		expect(harness.remembered).toBe(3);
	});

	test('a late event is emitted once, after newer ones, and is forgotten in time', async () => {
		moveClock(MINUTE_MS);
		const newer = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual(newer);
		moveClock(MINUTE_MS);
		const late = harness.append(4 * MINUTE_MS);
		expect(await harness.poll()).toEqual(late);
		expect(harness.remembered).toBe(2);
		moveClock(2 * MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		expect(harness.remembered).toBe(1);
		moveClock(4 * MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		expect(harness.remembered).toBe(0);
	});

	test('an event dated in the future is emitted once, when its time comes', async () => {
		const [ahead] = cursorsOf(harness.api.append({ timestamp: harness.ago(-90 * SECOND_MS) }));
		const polls = [];
		for (let count = 0; count < 4; count++) {
			moveClock(MINUTE_MS);
			polls.push(await harness.poll());
		}
		expect(polls).toEqual([[], [ahead], [], []]);
	});

	test('Settling Seconds delay events, and sort those that arrive out of order', async () => {
		harness.parameters = { options: { settlingSeconds: 30 } };
		harness.engine.restart();
		moveClock(MINUTE_MS);
		const [newer] = harness.append(10 * SECOND_MS);
		expect(await harness.poll()).toEqual([]);
		const [older] = harness.append(15 * SECOND_MS);
		moveClock(31 * SECOND_MS);
		expect(await harness.poll()).toEqual([older, newer]);
		expect(harness.state?.watermark).toBe('2026-11-01T12:01:01.0000000Z');
		expect(await harness.poll()).toEqual([]);
	});

	test('a poll that starts while another one is running sends no request and changes nothing', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(2000, 1000);
		const results = await Promise.all([harness.poll(), harness.poll(), harness.poll()]);
		expect(results).toEqual([events, [], []]);
		expect(harness.newRequests()).toEqual(['query']);
		expect(harness.remembered).toBe(2);
		expect(await harness.poll()).toEqual([]);
	});

	test('events that n8n could not store before it was killed are emitted again, and no others', async () => {
		moveClock(MINUTE_MS);
		const saved = harness.append(30 * SECOND_MS);
		expect(await harness.poll()).toEqual(saved);
		const before = harness.state;
		const lost = harness.append(20 * SECOND_MS, 10 * SECOND_MS);
		expect(cursorsOf(await harness.engine.pollAndDie())).toEqual(lost);
		expect(harness.state).toEqual(before);
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual(lost);
		expect(await harness.poll()).toEqual([]);
	});

	test('events between activation and the next poll are emitted, even if n8n stops in between', async () => {
		const first = harness.append(0);
		moveClock(30 * SECOND_MS);
		expect(await harness.poll()).toEqual(first);
		await harness.close();
		harness = await TriggerHarness.open(name);
		await harness.poll();
		const second = harness.append(0);
		harness.engine.restart();
		moveClock(30 * SECOND_MS);
		const third = harness.append(SECOND_MS);
		expect(await harness.poll()).toEqual([...second, ...third]);
		expect(await harness.poll()).toEqual([]);
	});

	test('a poll that starts before n8n has stored the events of the last one does not emit them again', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(2000, 1000);
		expect(cursorsOf(await harness.engine.pollTwice())).toEqual(events);
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
	});

	test('events that n8n never stored are emitted again, after n8n has had time to store them', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(1000);
		expect(cursorsOf(await harness.engine.pollAndDie())).toEqual(events);
		moveClock(10 * SECOND_MS);
		expect(await harness.poll()).toEqual([]);
		moveClock(20 * SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('after a restart nothing is emitted twice, and no event from the downtime is missed', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(10 * SECOND_MS);
		expect(await harness.poll()).toEqual(events);
		const saved = harness.state;
		for (let quiet = 0; quiet < 3; quiet++) {
			moveClock(MINUTE_MS);
			expect(await harness.poll()).toEqual([]);
		}
		const inMemory = harness.state;
		expect(inMemory).not.toEqual(saved);
		harness.engine.restart();
		// The default engine does not save the state after a poll without events.
		expect(harness.state).toEqual(name === 'default' ? saved : inMemory);
		moveClock(60 * MINUTE_MS);
		const missed = harness.append(50 * MINUTE_MS, 1000);
		expect(await harness.poll()).toEqual(missed);
		expect(await harness.poll()).toEqual([]);
	});

	test('New Event Type: a restart neither emits again nor forgets', async () => {
		harness.parameters = { event: 'newEventType' };
		harness.engine.restart();
		expect(await harness.engine.poll()).toEqual([]);
		const append = (eventType: string) =>
			harness.api.append({ timestamp: harness.ago(500), eventType });
		const fired = async () => (await harness.engine.poll()).map(({ eventType }) => eventType);
		moveClock(MINUTE_MS);
		append('odd');
		expect(await fired()).toEqual(['odd']);
		harness.engine.restart();
		append('odd');
		append('new');
		expect(await fired()).toEqual(['new']);
		append('odd');
		append('new');
		expect(await fired()).toEqual([]);
		expect(harness.state?.knownTypes).toHaveLength(2 * 8);
		expect(harness.remembered).toBe(0);
	});
});
