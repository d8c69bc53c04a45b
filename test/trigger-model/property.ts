import { expect, jest } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { fromMilliseconds } from '../../nodes/shared/model/instant';
import { runs } from '../support/seed';
import { moveClock, startClock, stopClock } from './clock';
import { commands, FURTHEST_AHEAD_MS, pollOnce, type Real } from './commands';
import { ENGINES, type LoadTrigger } from './engines';
import { Model } from './model';
import type { Kind, Setting, World } from './world';

export type OpenWorld<One extends Setting> = (kind: Kind, setting: One) => Promise<World>;

export interface Check<One extends Setting> {
	settings: fc.Arbitrary<One>;
	openWorld: OpenWorld<One>;
	runs: number;
}

const START_MS = Date.UTC(2026, 10, 1, 12);
/** So many polls in a row that give nothing say that there is nothing left. */
const QUIET_POLLS = 3;
/** A poll that took so long, in ms, may have given nothing because its time was up. */
const LONG_POLL_MS = 20_000;

/**
 * Runs random commands against the trigger. After each poll, what came is checked; at the end faults
 * are taken away and n8n polls on until nothing comes any more: then nothing may be missing.
 */
export async function checkTrigger<One extends Setting>(
	kind: Kind,
	{ settings, openWorld, runs: standardRuns }: Check<One>,
): Promise<void> {
	const counts = { runs: 0, commands: 0, polls: 0, failed: 0, mostRequests: 0 };
	const property = fc.asyncProperty(settings, commands, async (drawn, todo) => {
		// A command changes it.
		const setting = { ...drawn };
		counts.runs++;
		stopClock(START_MS + setting.beginMs);
		const world = await openWorld(kind, setting);
		try {
			const load = setting.emit === 'oneItemPerPoll' ? unwrapped(world.load) : world.load;
			const engine = new ENGINES[setting.engine](unchangedByFailure(load));
			const real = { world, engine, setting, counts };
			const model = new Model(kind, setting);
			await activate(model, real);
			await fc.asyncModelRun(() => ({ model, real }), todo);
			await settle(model, real);
		} finally {
			await world.stop();
		}
	});
	// The waits between attempts are partly random: the same each time, for the same runs.
	const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
	try {
		await fc.assert(property, { numRuns: runs(standardRuns) });
	} finally {
		random.mockRestore();
		startClock();
	}
	if (runs(1) !== 1) process.stdout.write(`${kind}: ${JSON.stringify(counts)}\n`);
}

/** Checks that a poll that throws leaves the state as it was: n8n's default engine keeps changes. */
function unchangedByFailure(load: LoadTrigger): LoadTrigger {
	return (saved) => {
		const loaded = load(saved);
		const poll = async (budgetMs: number) => {
			const before = loaded.staticData();
			try {
				return await loaded.poll(budgetMs);
			} catch (error) {
				expect(loaded.staticData()).toEqual(before);
				throw error;
			}
		};
		return { ...loaded, poll };
	};
}

/** Takes what a poll found out of its one item, and checks what else that says. */
function unwrapped(load: LoadTrigger): LoadTrigger {
	return (saved) => {
		const loaded = load(saved);
		const poll = async (budgetMs: number) => {
			const items = await loaded.poll(budgetMs);
			if (items.length === 0) return items;
			const [{ count, from, to, events }, ...others] = items as [OneItem, ...IDataObject[]];
			expect(others).toEqual([]);
			expect(count).toBe(events.length);
			const times = events.map(timestampOf);
			// Timestamps may be cut to milliseconds.
			expect(times.filter((time) => time < from.slice(0, 23) || time >= to)).toEqual([]);
			return events;
		};
		return { ...loaded, poll };
	};
}

interface OneItem extends IDataObject {
	count: number;
	from: string;
	to: string;
	events: IDataObject[];
}

function timestampOf({ event, timestamp }: IDataObject): string {
	return String((event as IDataObject | undefined)?.timestamp ?? timestamp);
}

/** The first poll, with some events in the log. */
async function activate(model: Model, real: Real): Promise<void> {
	const { world, setting } = real;
	const now = world.serverNow();
	const drafts = setting.before.map(({ ageMs, ticks, serviceName, eventType }) => ({
		at: fromMilliseconds(now - ageMs) + BigInt(ticks) * 100n,
		serviceName,
		eventType,
	}));
	model.wasThere(drafts, world.append(drafts), now);
	if (setting.outage !== null) {
		world.fail({ status: 503 }, { skip: setting.outage, times: 3 });
		model.mayFail = true;
	}
	if (setting.firstDateAheadMs !== 0) model.doubtClocks();
	world.setDateAhead(setting.firstDateAheadMs);
	model.count(await pollOnce(model, real));
	world.setDateAhead(0);
	// Where the activation failed, n8n begins another one.
	if (real.engine.state === undefined) model.count(await pollOnce(model, real));
}

/** Everything that was appended lies in the past then, and n8n polls on until nothing comes. */
async function settle(model: Model, real: Real): Promise<void> {
	real.world.clearFaults();
	model.mayFail = false;
	moveClock(FURTHEST_AHEAD_MS + 10_000);
	let quiet = 0;
	for (let polls = 0; quiet < QUIET_POLLS; polls++) {
		expect(polls).toBeLessThan(5 * model.size + 90);
		const began = Date.now();
		const requests = real.world.requests();
		const items = await pollOnce(model, real);
		model.count(items);
		// A poll without a request stays away, because Signicat has asked for that.
		const isQuiet =
			items.length === 0 &&
			Date.now() - began < LONG_POLL_MS &&
			real.world.requests() > requests &&
			real.engine.state?.isUnchecked !== true;
		quiet = isQuiet ? quiet + 1 : 0;
		moveClock(60_000);
	}
	model.checkComplete();
}
