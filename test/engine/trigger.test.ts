import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, RunningTrigger } from './engine';

const MINUTE = 60_000;

describe('The trigger', () => {
	let api: AuditApi;

	beforeEach(async () => {
		api = await startAuditApi({ eventCount: 500 });
	});
	afterEach(async () => {
		expect(api.violations).toEqual([]);
		await api.stop();
	});

	const ago = (ms: number) => new Date(Date.now() - ms).toISOString().replace('Z', '4567Z');
	const cursorsOf = (events: Array<{ cursor?: unknown }>) => events.map(({ cursor }) => cursor);
	const queries = () => api.requests.filter(({ operation }) => operation === 'query');
	const start = (parameters = {}) => new RunningTrigger(credentialFor(api), parameters);

	describe('New Event', () => {
		test('the first poll sets the baseline and emits nothing', async () => {
			api.append({ timestamp: ago(MINUTE) });
			const trigger = start();
			expect(await trigger.poll()).toEqual([]);
			expect(await trigger.poll()).toEqual([]);
		});

		test('new events are emitted once, oldest first', async () => {
			const trigger = start();
			await trigger.poll();
			const [b, a] = api.append({ timestamp: ago(1000) }, { timestamp: ago(2000) });
			expect(cursorsOf(await trigger.poll())).toEqual([a?.cursor, b?.cursor]);
			expect(await trigger.poll()).toEqual([]);
		});

		test('a late event within the overlap is emitted once', async () => {
			const trigger = start();
			await trigger.poll();
			const [late] = api.append({ timestamp: ago(4 * MINUTE) });
			expect(cursorsOf(await trigger.poll())).toEqual([late?.cursor]);
			expect(await trigger.poll()).toEqual([]);
		});

		test('an event that arrives later than the overlap is not emitted', async () => {
			const trigger = start({ options: { lateArrivalMinutes: 1 } });
			await trigger.poll();
			api.append({ timestamp: ago(4 * MINUTE) });
			expect(await trigger.poll()).toEqual([]);
		});

		test('events with the same timestamp are each emitted once, even if they arrive separately', async () => {
			const trigger = start();
			await trigger.poll();
			const timestamp = ago(1000);
			const [first] = api.append({ timestamp });
			expect(cursorsOf(await trigger.poll())).toEqual([first?.cursor]);
			const [second] = api.append({ timestamp });
			expect(cursorsOf(await trigger.poll())).toEqual([second?.cursor]);
		});

		test('an idle poll costs one request', async () => {
			const trigger = start();
			await trigger.poll();
			api.reset();
			await trigger.poll();
			expect(api.requests.map(({ operation }) => operation)).toEqual(['query']);
		});

		test('filters are sent to the API', async () => {
			const trigger = start({ filters: { serviceName: 'Broker' } });
			await trigger.poll();
			const [wanted] = api.append({ serviceName: 'Broker' }, { serviceName: 'mobileid' });
			await sleep(20);
			expect(cursorsOf(await trigger.poll())).toEqual([wanted?.cursor]);
		});

		test('a failed poll throws, changes nothing, and the next one catches up', async () => {
			const trigger = start();
			await trigger.poll();
			const before = structuredClone(trigger.state);
			const [missed] = api.append({ timestamp: ago(500) });
			api.fail({ status: 403 }, { on: 'query', times: 1 });
			await expect(trigger.poll()).rejects.toThrow(
				'The API client lacks permission to read the audit log',
			);
			expect(trigger.state).toEqual(before);
			expect(cursorsOf(await trigger.poll())).toEqual([missed?.cursor]);
		});

		test('after a restart it continues with the state that n8n saved', async () => {
			const trigger = start();
			await trigger.poll();
			trigger.save();
			const [seen] = api.append({ timestamp: ago(2000) });
			expect(cursorsOf(await trigger.poll())).toEqual([seen?.cursor]);
			const [missed] = api.append({ timestamp: ago(1000) });
			trigger.restart();
			expect(cursorsOf(await trigger.poll())).toEqual([missed?.cursor]);
		});

		test('Max Events per Poll leaves the rest to the next polls, oldest first', async () => {
			const trigger = start({ options: { maxEventsPerPoll: 1000 } });
			await trigger.poll();
			const drafts = Array.from({ length: 3500 }, (_one, index) => ({
				timestamp: ago(4 * MINUTE - index * 50),
			}));
			const expected = cursorsOf(api.append(...drafts));
			const polls = [];
			for (let count = 0; count < 12; count++) polls.push(await trigger.poll());
			expect(cursorsOf(polls.flat())).toEqual(expected);
			expect(polls.filter((events) => events.length > 0).length).toBeGreaterThan(2);
		});

		test('Start From Lookback emits the last hours first', async () => {
			const expected = api.events.filter(({ timestamp }) => timestamp > ago(48 * 60 * MINUTE));
			expect(expected.length).toBeGreaterThan(0);
			const trigger = start({ options: { startFrom: 'lookback', lookbackHours: 48 } });
			expect(cursorsOf(await trigger.poll())).toEqual(cursorsOf(expected.reverse()));
			expect(await trigger.poll()).toEqual([]);
		});

		test('Start From Lookback starts 24 hours before activation if Lookback Hours is not set', async () => {
			const expected = cursorsOf(
				api.append({ timestamp: ago(23 * 60 * MINUTE) }, { timestamp: ago(1 * MINUTE) }),
			);
			api.append({ timestamp: ago(25 * 60 * MINUTE) });
			const emitted = cursorsOf(await start({ options: { startFrom: 'lookback' } }).poll());
			const isRecent = ({ timestamp }: { timestamp: string }) => timestamp > ago(24 * 60 * MINUTE);
			expect(emitted).toHaveLength(api.events.filter(isRecent).length);
			expect(emitted).toEqual(expect.arrayContaining(expected));
		});

		test('other filters continue from the old watermark, and nothing is emitted twice', async () => {
			const trigger = start();
			await trigger.poll();
			api.append({ timestamp: ago(1000), serviceName: 'Broker' });
			expect(await trigger.poll()).toHaveLength(1);
			trigger.restart({ filters: { serviceName: 'Broker' } });
			expect(await trigger.poll()).toEqual([]);
			await sleep(20);
			const [fresh] = api.append({ serviceName: 'Broker' });
			await sleep(20);
			expect(cursorsOf(await trigger.poll())).toEqual([fresh?.cursor]);
		});

		test('Fetch Test Event shows the newest ten, oldest first, and changes nothing', async () => {
			const trigger = start();
			const expected = cursorsOf(api.events.slice(0, 10)).reverse();
			expect(cursorsOf(await trigger.poll({ mode: 'manual' }))).toEqual(expected);
			expect(trigger.state).toBeUndefined();
			expect(queries()).toHaveLength(1);
		});

		test('Fetch Test Event says what to change if nothing matches', async () => {
			const trigger = start({ filters: { serviceName: 'nobody' } });
			await expect(trigger.poll({ mode: 'manual' })).rejects.toMatchObject({
				message: 'No matching events in the last 30 days',
				description: expect.stringContaining('filters'),
			});
		});

		test('a wrong secret fails the activation with a clear message', async () => {
			const trigger = new RunningTrigger(credentialFor(api, { clientSecret: 'wrong' }), {});
			await expect(trigger.poll()).rejects.toThrow(
				'Signicat did not accept the client ID and client secret',
			);
			expect(trigger.state).toBeUndefined();
		});

		test('a wrong secret fails the activation even if no event can be late', async () => {
			const credential = credentialFor(api, { clientSecret: 'wrong' });
			const trigger = new RunningTrigger(credential, { options: { lateArrivalMinutes: 0 } });
			await expect(trigger.poll()).rejects.toThrow('Signicat did not accept');
		});

		test('a transient outage does not fail the activation', async () => {
			api.fail({ status: 503 }, { on: 'query', times: 3 });
			const trigger = start();
			expect(await trigger.poll()).toEqual([]);
			await sleep(20);
			const [fresh] = api.append({});
			await sleep(20);
			expect(cursorsOf(await trigger.poll())).toEqual([fresh?.cursor]);
		});

		test('a poll that starts while another one is running ends immediately', async () => {
			const trigger = start();
			await trigger.poll();
			const [event] = api.append({ timestamp: ago(500) });
			api.configure({ latencyMs: 200 });
			const [first, second] = await Promise.all([trigger.poll(), trigger.poll()]);
			expect(cursorsOf([...first, ...second])).toEqual([event?.cursor]);
		});
	});

	describe('New Event Type', () => {
		const parameters = { event: 'newEventType' };

		test('existing types are learned without emitting, a new type is emitted once with its first event', async () => {
			const trigger = start(parameters);
			expect(await trigger.poll()).toEqual([]);
			const [known] = api.events;
			const { serviceName, eventType } = known ?? {};
			api.append({ timestamp: ago(3000), serviceName, eventType });
			const [first] = api.append({ timestamp: ago(2000), serviceName: 'Broker', eventType: 'odd' });
			api.append({ timestamp: ago(1000), serviceName: 'Broker', eventType: 'odd' });
			expect(await trigger.poll()).toEqual([
				{
					serviceName: 'Broker',
					eventType: 'odd',
					firstSeenAt: first?.timestamp,
					event: expect.objectContaining({ cursor: first?.cursor }),
				},
			]);
			api.append({ timestamp: ago(500), serviceName: 'Broker', eventType: 'odd' });
			expect(await trigger.poll()).toEqual([]);
		});

		test('an outage at activation postpones the learning, and existing types are not emitted', async () => {
			api.fail({ status: 503 }, { on: 'metadata', times: 3 });
			const trigger = start(parameters);
			expect(await trigger.poll()).toEqual([]);
			expect(trigger.state).toHaveProperty('toLearn');
			expect(await trigger.poll()).toEqual([]);
			expect(trigger.state).not.toHaveProperty('toLearn');
			const [known] = api.events;
			const { serviceName, eventType } = known ?? {};
			api.append({ timestamp: ago(2000), serviceName, eventType });
			const [odd] = api.append({ timestamp: ago(1000), serviceName: 'Broker', eventType: 'odd' });
			expect(await trigger.poll()).toEqual([
				expect.objectContaining({ firstSeenAt: odd?.timestamp }),
			]);
		});

		test('Fetch Test Event shows what an item looks like', async () => {
			const [newest] = api.events;
			const trigger = start(parameters);
			expect(await trigger.poll({ mode: 'manual' })).toEqual([
				expect.objectContaining({ firstSeenAt: newest?.timestamp }),
			]);
			expect(trigger.state).toBeUndefined();
		});
	});
});
