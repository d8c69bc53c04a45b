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
		harness.takeRequests();
	});
	afterEach(async () => await harness.close());

	test('an idle poll costs one request and no token, and moves the watermark', async () => {
		const before = harness.state;
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
		expect(harness.takeRequests()).toEqual(['query']);
		// To the whole second that the Date header says, and two seconds more looking back.
		expect(harness.state).toEqual({
			...before,
			watermark: '2026-11-01T12:01:00.0000000Z',
			overlapFrom: '2026-11-01T11:55:58.0000000Z',
		});
	});

	test('events of one timestamp come together, although there is room for fewer', async () => {
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

	test('events on both sides of the watermark, within its millisecond, come once each', async () => {
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

	test('an event that arrives late comes after newer ones, once, and is forgotten in time', async () => {
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

	test('an event dated ahead comes once, when its time is there', async () => {
		const [ahead] = cursorsOf(harness.api.append({ timestamp: harness.ago(-90 * SECOND_MS) }));
		const polls = [];
		for (let count = 0; count < 4; count++) {
			moveClock(MINUTE_MS);
			polls.push(await harness.poll());
		}
		expect(polls).toEqual([[], [ahead], [], []]);
	});

	test('Settling Seconds hold events back, and sort those that come out of order', async () => {
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

	test('a poll that begins while another one runs asks for nothing and changes nothing', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(2000, 1000);
		const results = await Promise.all([harness.poll(), harness.poll(), harness.poll()]);
		expect(results).toEqual([events, [], []]);
		expect(harness.takeRequests()).toEqual(['query']);
		expect(harness.remembered).toBe(2);
		expect(await harness.poll()).toEqual([]);
	});

	test('what n8n could not write down before it died comes again, and nothing else does', async () => {
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

	test('what comes between the activation and the next poll comes, also when n8n stops before it', async () => {
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

	test('a poll that begins before n8n has stored what the last one gave gives nothing again', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(2000, 1000);
		expect(cursorsOf(await harness.engine.pollTwice())).toEqual(events);
		moveClock(MINUTE_MS);
		expect(await harness.poll()).toEqual([]);
	});

	test('what n8n could never store comes again, once n8n has had time to', async () => {
		moveClock(MINUTE_MS);
		const events = harness.append(1000);
		expect(cursorsOf(await harness.engine.pollAndDie())).toEqual(events);
		moveClock(10 * SECOND_MS);
		expect(await harness.poll()).toEqual([]);
		moveClock(20 * SECOND_MS);
		expect(await harness.poll()).toEqual(events);
	});

	test('after a restart nothing comes twice, and nothing of the time without n8n is missed', async () => {
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
		// The default engine saves nothing of a quiet poll.
		expect(harness.state).toEqual(name === 'default' ? saved : inMemory);
		moveClock(60 * MINUTE_MS);
		const missed = harness.append(50 * MINUTE_MS, 1000);
		expect(await harness.poll()).toEqual(missed);
		expect(await harness.poll()).toEqual([]);
	});

	test('New Event Type: a restart neither fires again nor forgets', async () => {
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
		expect(harness.state?.seen).toBe('');
	});
});
