import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { moveClock } from '../trigger-model/clock';
import { Bench, cursorsOf, engineNames, MINUTE_MS, SECOND_MS } from './bench';

describe.each(engineNames)("In n8n's %s engine", (name) => {
	let bench: Bench;

	beforeEach(async () => {
		bench = await Bench.open(name);
		await bench.poll();
		bench.takeRequests();
	});
	afterEach(async () => await bench.close());

	test('an idle poll costs one request and no token, and moves the watermark', async () => {
		const before = bench.state;
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual([]);
		expect(bench.takeRequests()).toEqual(['query']);
		// To the whole second that the Date header says, and two seconds more looking back.
		expect(bench.state).toEqual({
			...before,
			watermark: '2026-11-01T12:01:00.0000000Z',
			overlapFrom: '2026-11-01T11:55:58.0000000Z',
		});
	});

	test('events of one timestamp come together, although there is room for fewer', async () => {
		bench.parameters = { options: { maxEventsPerPoll: 2 } };
		bench.engine.restart();
		moveClock(MINUTE_MS);
		const before = bench.append(30 * SECOND_MS);
		const crowd = bench.append(20_000, 20_000, 20_000, 20_000, 20_000);
		const after = bench.append(10 * SECOND_MS);
		const polls = [await bench.poll(), await bench.poll(), await bench.poll(), await bench.poll()];
		expect(polls.map(({ length }) => length)).toEqual([6, 1, 0, 0]);
		expect(polls[0]?.[0]).toBe(before[0]);
		expect([...(polls[0] ?? [])].sort()).toEqual([...before, ...crowd].sort());
		expect(polls[1]).toEqual(after);
		expect(bench.remembered).toBe(7);
	});

	test('events on both sides of the watermark, within its millisecond, come once each', async () => {
		moveClock(1655);
		const at = (digits: string) => ({ timestamp: `2026-11-01T12:00:01.${digits}Z` });
		const [first] = cursorsOf(bench.api.append(at('9999999')));
		expect(await bench.poll()).toEqual([first]);
		expect(bench.state?.watermark).toBe('2026-11-01T12:00:02.0000000Z');
		const later = [at('9999999'), { timestamp: '2026-11-01T12:00:02.0000000Z' }];
		const appended = cursorsOf(bench.api.append(...later));
		moveClock(SECOND_MS);
		expect(await bench.poll()).toEqual(appended);
		expect(await bench.poll()).toEqual([]);
		expect(bench.remembered).toBe(3);
	});

	test('an event that arrives late comes after newer ones, once, and is forgotten in time', async () => {
		moveClock(MINUTE_MS);
		const newer = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual(newer);
		moveClock(MINUTE_MS);
		const late = bench.append(4 * MINUTE_MS);
		expect(await bench.poll()).toEqual(late);
		expect(bench.remembered).toBe(2);
		moveClock(2 * MINUTE_MS);
		expect(await bench.poll()).toEqual([]);
		expect(bench.remembered).toBe(1);
		moveClock(4 * MINUTE_MS);
		expect(await bench.poll()).toEqual([]);
		expect(bench.remembered).toBe(0);
	});

	test('an event dated ahead comes once, when its time is there', async () => {
		const [ahead] = cursorsOf(bench.api.append({ timestamp: bench.ago(-90 * SECOND_MS) }));
		const polls = [];
		for (let count = 0; count < 4; count++) {
			moveClock(MINUTE_MS);
			polls.push(await bench.poll());
		}
		expect(polls).toEqual([[], [ahead], [], []]);
	});

	test('Settling Seconds hold events back, and sort those that come out of order', async () => {
		bench.parameters = { options: { settlingSeconds: 30 } };
		bench.engine.restart();
		moveClock(MINUTE_MS);
		const [newer] = bench.append(10 * SECOND_MS);
		expect(await bench.poll()).toEqual([]);
		const [older] = bench.append(15 * SECOND_MS);
		moveClock(31 * SECOND_MS);
		expect(await bench.poll()).toEqual([older, newer]);
		expect(bench.state?.watermark).toBe('2026-11-01T12:01:01.0000000Z');
		expect(await bench.poll()).toEqual([]);
	});

	test('a poll that begins while another one runs asks for nothing and changes nothing', async () => {
		moveClock(MINUTE_MS);
		const events = bench.append(2000, 1000);
		const results = await Promise.all([bench.poll(), bench.poll(), bench.poll()]);
		expect(results).toEqual([events, [], []]);
		expect(bench.takeRequests()).toEqual(['query']);
		expect(bench.remembered).toBe(2);
		expect(await bench.poll()).toEqual([]);
	});

	test('what n8n could not write down before it died comes again, and nothing else does', async () => {
		moveClock(MINUTE_MS);
		const saved = bench.append(30 * SECOND_MS);
		expect(await bench.poll()).toEqual(saved);
		const before = bench.state;
		const lost = bench.append(20 * SECOND_MS, 10 * SECOND_MS);
		expect(cursorsOf(await bench.engine.pollAndDie())).toEqual(lost);
		expect(bench.state).toEqual(before);
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual(lost);
		expect(await bench.poll()).toEqual([]);
	});

	test('what comes between the activation and the next poll comes, also when n8n stops before it', async () => {
		const first = bench.append(0);
		moveClock(30 * SECOND_MS);
		expect(await bench.poll()).toEqual(first);
		await bench.close();
		bench = await Bench.open(name);
		await bench.poll();
		const second = bench.append(0);
		bench.engine.restart();
		moveClock(30 * SECOND_MS);
		const third = bench.append(SECOND_MS);
		expect(await bench.poll()).toEqual([...second, ...third]);
		expect(await bench.poll()).toEqual([]);
	});

	test('a poll that begins before n8n has stored what the last one gave gives nothing again', async () => {
		moveClock(MINUTE_MS);
		const events = bench.append(2000, 1000);
		expect(cursorsOf(await bench.engine.pollTwice())).toEqual(events);
		moveClock(MINUTE_MS);
		expect(await bench.poll()).toEqual([]);
	});

	test('what n8n could never store comes again, once n8n has had time to', async () => {
		moveClock(MINUTE_MS);
		const events = bench.append(1000);
		expect(cursorsOf(await bench.engine.pollAndDie())).toEqual(events);
		moveClock(10 * SECOND_MS);
		expect(await bench.poll()).toEqual([]);
		moveClock(20 * SECOND_MS);
		expect(await bench.poll()).toEqual(events);
	});

	test('after a restart nothing comes twice, and nothing of the time without n8n is missed', async () => {
		moveClock(MINUTE_MS);
		const events = bench.append(10 * SECOND_MS);
		expect(await bench.poll()).toEqual(events);
		const saved = bench.state;
		for (let quiet = 0; quiet < 3; quiet++) {
			moveClock(MINUTE_MS);
			expect(await bench.poll()).toEqual([]);
		}
		const inMemory = bench.state;
		expect(inMemory).not.toEqual(saved);
		bench.engine.restart();
		// The default engine saves nothing of a quiet poll.
		expect(bench.state).toEqual(name === 'default' ? saved : inMemory);
		moveClock(60 * MINUTE_MS);
		const missed = bench.append(50 * MINUTE_MS, 1000);
		expect(await bench.poll()).toEqual(missed);
		expect(await bench.poll()).toEqual([]);
	});

	test('New Event Type: a restart neither fires again nor forgets', async () => {
		bench.parameters = { event: 'newEventType' };
		bench.engine.restart();
		expect(await bench.engine.poll()).toEqual([]);
		const append = (eventType: string) =>
			bench.api.append({ timestamp: bench.ago(500), eventType });
		const fired = async () => (await bench.engine.poll()).map(({ eventType }) => eventType);
		moveClock(MINUTE_MS);
		append('odd');
		expect(await fired()).toEqual(['odd']);
		bench.engine.restart();
		append('odd');
		append('new');
		expect(await fired()).toEqual(['new']);
		append('odd');
		append('new');
		expect(await fired()).toEqual([]);
		expect(bench.state?.knownTypes).toHaveLength(2 * 8);
		expect(bench.state?.seen).toBe('');
	});
});
