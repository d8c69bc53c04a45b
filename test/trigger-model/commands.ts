import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { fromMilliseconds, type Instant, MINUTE } from '../../nodes/shared/model/instant';
import type { Fault } from '../../dev/audit-api';
import { moveClock } from './clock';
import type { PollingEngine } from './engines';
import type { Model } from './model';
import { clockErrors, type Draft, eventTypes, services, type Setting, type World } from './world';

/** What the commands act on. */
export interface Real {
	world: World;
	engine: PollingEngine;
	setting: Setting;
	counts: { commands: number; polls: number; failed: number; mostRequests: number };
}

type Command = fc.AsyncCommand<Model, Real>;

/** A command that can always be run, and is shown in a counterexample as `name`. */
function command(name: string, act: (model: Model, real: Real) => Promise<void>): Command {
	const run = async (model: Model, real: Real) => {
		real.counts.commands++;
		await act(model, real);
	};
	return { check: () => true, run, toString: () => name };
}

/** A state of 64 kB is the most that the trigger may store. */
const LARGEST_STATE = 64_000;

/** One poll, and everything that has to hold after each. */
export async function pollOnce(
	model: Model,
	real: Real,
	begin: () => Promise<IDataObject[]> = async () => await real.engine.poll(),
): Promise<IDataObject[]> {
	const { engine, world, counts } = real;
	const requests = world.requests();
	counts.polls++;
	try {
		const items = await begin();
		model.check(items);
		return items;
	} catch (error) {
		counts.failed++;
		const { failure } = error as { failure?: { cause?: string } };
		// Where the clocks differ, the position waits until it is clear which one counts. Polls that have no
		// time to read up to it say that they do not get any further.
		const isWaiting = engine.state?.clockCandidate !== undefined;
		if (!(model.mayFail || isWaiting) || failure?.cause === undefined) throw error;
		return [];
	} finally {
		counts.mostRequests = Math.max(counts.mostRequests, world.requests() - requests);
		if (world.hasShrunk()) model.shrunk(world.serverNow());
		expect((JSON.stringify(engine.state) ?? '').length).toBeLessThan(LARGEST_STATE);
	}
}

const poll = command('poll', async (model, real) => {
	model.count(await pollOnce(model, real));
});

/** n8n's default engine begins a poll although one is under way. */
const overlap = command('overlap', async (model, real) => {
	const [first, second] = await Promise.all([pollOnce(model, real), pollOnce(model, real)]);
	// Neither knows of the other's items: check them together.
	model.check([...first, ...second]);
	model.count([...first, ...second]);
});

/** n8n's durable engine begins a poll although it has not yet stored what the one before gave. */
const pollTwice = command('pollTwice', async (model, real) => {
	model.count(await pollOnce(model, real, async () => await real.engine.pollTwice()));
});

/** What this poll gave does not count: n8n has lost it together with the state, so it comes again. */
const pollAndDie = command('pollAndDie', async (model, real) => {
	await pollOnce(model, real, async () => await real.engine.pollAndDie());
});

const restart = command('restart', async (_model, { engine }) => engine.restart());

/** Saved with another filter, or none; n8n then loads the workflow anew. */
const changeFilters: Command = {
	...command('changeFilters', async (model, { engine, setting, world }) => {
		setting.filtered = !setting.filtered;
		engine.restart();
		model.filtersChanged(world.serverNow());
	}),
	// Which event types are then learned depends on when; that has tests of its own.
	check: ({ kind }) => kind === 'newEvent',
};

const revokeTokens = command('revokeTokens', async (_model, { world }) => world.revokeTokens());

const wait = (seconds: number) =>
	command(`wait(${seconds})`, async () => moveClock(seconds * 1000));

/** Whether the trigger still waits to learn what the clocks showed at its activation. */
const isUnchecked = ({ engine }: Real) => engine.state?.isUnchecked === true;

/** Whether the trigger knows how far the clocks really differ: of two that are wrong, none helps. */
const knowsClocks = ({ engine, setting }: Real) =>
	Math.abs(Number(engine.state?.clockAheadMs ?? 0) + setting.skewMs) < 1000;

/** The Date headers of one poll are wrong. */
const wrongDate = clockErrors.map((ms) =>
	command(`wrongDate(${ms} ms ahead)`, async (model, real) => {
		if (isUnchecked(real) || !knowsClocks(real)) return;
		model.doubtClocks();
		real.world.setDateAhead(ms);
		try {
			model.count(await pollOnce(model, real));
		} finally {
			real.world.setDateAhead(0);
		}
	}),
);

/** The clock of the tests begins in 1970. */
const FURTHEST_BACK_MS = 20_000 * 86_400_000;

/** n8n's clock is wrong in one poll. */
const wrongClock = clockErrors.map((error) => {
	const ms = Math.max(error, -FURTHEST_BACK_MS);
	return command(`wrongClock(${ms} ms ahead)`, async (model, real) => {
		const { setting, world } = real;
		// With no other clock, an event that is dated ahead would seem to say that its time has come.
		// Nor may the clock of the poll before have been wrong.
		const { polledAtMs, watermark } = real.engine.state ?? {};
		const before = Number(polledAtMs ?? 0);
		const wasRight = before <= Date.now() && before >= Date.parse(String(watermark)) - 1000;
		const isAmbiguous =
			!setting.dateHeader && (!wasRight || model.hasEventsAfter(world.serverNow()));
		if (isUnchecked(real) || isAmbiguous || !knowsClocks(real)) return;
		model.doubtClocks();
		moveClock(ms);
		setting.skewMs += ms;
		try {
			model.count(await pollOnce(model, real));
		} finally {
			moveClock(-ms);
			setting.skewMs -= ms;
		}
	});
});

/** n8n's clock is set, for good. */
const setClock = fc.constantFrom(2500, -2500, 90_000, -90_000, 3_600_000, -3_600_000).map((ms) =>
	command(`setClock(${ms} ms on)`, async (model, real) => {
		// A restart may bring back an activation that still waits for the server's clock.
		if (model.startMayWait || !real.setting.dateHeader) return;
		model.doubtClocks();
		moveClock(ms);
		real.setting.skewMs += ms;
	}),
);

const FUTURE = '2100-01-01T00:00:00.0000000Z';

const odd = fc.constantFrom<unknown>(
	undefined,
	null,
	'',
	'x',
	-5,
	0.3,
	1e300,
	[1],
	{ a: 1 },
	FUTURE,
);

/** What no version has written, beside the position. */
const oddState = fc
	.record({ spanMs: odd, clockAheadMs: odd, clockCandidate: odd, polledAtMs: odd, more: odd })
	.map((fields) =>
		command(`oddState(${JSON.stringify(fields)})`, async (model, real) => {
			model.doubtClocks();
			if (!isUnchecked(real))
				real.engine.alter((state) => ({ ...state, ...(fields as IDataObject) }));
		}),
	);

/** As after a poll that found events very close together: the next one reads short windows side by side. */
const shortWindows = fc.constantFrom(1, 20, 500, 5000).map((spanMs) =>
	command(`shortWindows(${spanMs} ms)`, async (_model, real) => {
		if (real.engine.state && !isUnchecked(real))
			real.engine.alter((state) => ({ ...state, spanMs }));
	}),
);

/** The position lies in the future. */
const futureState = fc
	.constantFrom<string[]>(['watermark'], ['overlapFrom'], ['watermark', 'overlapFrom'])
	.map((fields) =>
		command(`futureState(${fields.join()})`, async (model, real) => {
			const { engine, world } = real;
			// Without a baseline, what was there before cannot be told from what came since.
			if (fields.includes('overlapFrom') && model.startMayWait) return;
			if (engine.state === undefined || isUnchecked(real) || !knowsClocks(real)) return;
			// Nor does the clock of the poll before, where that was wrong.
			const { polledAtMs = Date.now() } = engine.state;
			if (Math.abs(Number(polledAtMs) - Date.now()) > 3_600_000) return;
			world.clearFaults();
			// Filters that were changed just before count from the position as it was.
			const requests = world.requests();
			model.count(await pollOnce(model, real));
			model.count(await pollOnce(model, real));
			// While the trigger stays away, nothing is set back.
			if (world.requests() === requests) return;
			engine.alter((state) => ({
				...state,
				...Object.fromEntries(fields.map((field) => [field, FUTURE])),
			}));
			model.doubtClocks();
			// Nobody knows any more from where on events were not returned.
			if (fields.includes('overlapFrom')) model.positionLost(world.serverNow());
			model.count(await pollOnce(model, real));
			// n8n's engine with durable cursors keeps nothing of the first poll after a restart.
			model.count(await pollOnce(model, real));
		}),
	);

interface Times {
	what: string;
	/** Where the events lie, as seen from the server's clock. */
	at: (now: Instant, setting: Setting) => Instant[];
	events: Array<Pick<Draft, 'serviceName' | 'eventType'>>;
}

function append({ what, at, events }: Times): Command {
	const names = events.map(({ serviceName, eventType }) => `${serviceName}/${eventType}`);
	return command(`append(${what}: ${names.join(' ')})`, async (model, { world, setting }) => {
		const now = world.serverNow();
		const times = at(fromMilliseconds(now), setting);
		const drafts = events.map((event, index) => ({ ...event, at: times[index] ?? 0n }));
		model.appended(drafts, world.append(drafts), now);
	});
}

const MS = 1_000_000n;
/** In steps of 100 ns, the resolution of the API's timestamps. */
const ticks = fc.integer({ min: 0, max: 9999 }).map((count) => BigInt(count) * 100n);
const event = fc.record({ serviceName: services, eventType: eventTypes });
const someEvents = fc.array(event, { minLength: 1, maxLength: 6 });

const appendNow = fc
	.record({ events: someEvents, ageMs: fc.integer({ min: 0, max: 900 }), rest: ticks })
	.map(({ events, ageMs, rest }) =>
		append({
			what: `${ageMs} ms old, then 1 ms apart`,
			events,
			at: (now) => events.map((_one, index) => now - BigInt(ageMs + index) * MS + rest),
		}),
	);

const appendTogether = fc
	.record({ events: someEvents, ageMs: fc.constantFrom(0, 0, 1, 500), rest: ticks })
	.map(({ events, ageMs, rest }) =>
		append({
			what: `same timestamp, ${ageMs} ms old`,
			events,
			at: (now) => events.map(() => now - BigInt(ageMs) * MS + rest),
		}),
	);

const appendLate = fc
	.record({ events: someEvents, share: fc.integer({ min: 1, max: 1100 }), rest: ticks })
	.map(({ events, share, rest }) =>
		append({
			what: `late by ${share / 10} % of the late arrival time`,
			events,
			at: (now, { lateArrivalMinutes }) =>
				events.map(
					() => now - (BigInt(lateArrivalMinutes) * MINUTE * BigInt(share)) / 1000n + rest,
				),
		}),
	);

/** The furthest that an event is dated ahead, in ms. */
export const FURTHEST_AHEAD_MS = 120_000;

const appendAhead = fc
	.record({ events: someEvents, ms: fc.integer({ min: 1, max: FURTHEST_AHEAD_MS }), rest: ticks })
	.map(({ events, ms, rest }) =>
		append({
			what: `${ms} ms ahead`,
			events,
			at: (now) => events.map(() => now + BigInt(ms) * MS + rest),
		}),
	);

/** So far ahead that they come in no run: many runs share one log. */
const appendFarAhead = fc
	.record({ events: someEvents, years: fc.constantFrom(50, 74) })
	.map(({ events, years }) =>
		append({
			what: `${years} years ahead`,
			events,
			at: (now) => events.map(() => now + BigInt(years * 365) * 1440n * MINUTE),
		}),
	);

const faults = fc.constantFrom<Fault>(
	{ status: 429 },
	{ status: 429, retryAfter: '1' },
	{ status: 429, retryAfter: '600' },
	{ status: 500 },
	{ status: 503, body: 'empty' },
	{ status: 502, body: 'html' },
	{ status: 401 },
	{ status: 403 },
	{ kind: 'status200Html' },
	{ kind: 'truncateJson' },
	{ kind: 'truncate' },
	{ kind: 'drop' },
);

const fail = fc
	.record({
		fault: faults,
		request: fc.constantFrom(1, 1, 2, 3, 6),
		// A request is tried three times: one fault is got over, three end the poll.
		times: fc.constantFrom(1, 3),
	})
	.map(({ fault, request, times }) =>
		command(
			`fail(request ${request}, ${times}x ${JSON.stringify(fault)})`,
			async (model, { world }) => {
				world.fail(fault, { skip: request - 1, times });
				model.mayFail = true;
			},
		),
	);

/** All commands; those that stand here twice come twice as often. */
export const commands = fc.commands(
	[
		fc.constant(poll),
		fc.constant(poll),
		fc.constant(poll),
		fc.constant(overlap),
		fc.constant(pollTwice),
		fc.constant(pollAndDie),
		fc.constant(restart),
		fc.constant(changeFilters),
		fc.constant(revokeTokens),
		fc.constantFrom(300, 1200).map(wait),
		fc.integer({ min: 1, max: 90 }).map(wait),
		appendNow,
		appendTogether,
		appendLate,
		appendAhead,
		appendFarAhead,
		fail,
		wrongDate,
		wrongClock,
		setClock,
		oddState,
		shortWindows,
		futureState,
	],
	{ maxCommands: 50, size: 'max' },
);
