import type { AuditClient } from '../shared/api/client';
import { isPassingError } from '../shared/api/errors';
import { parseTargets } from '../shared/api/parse';
import { learnTypes, newTypes, typeHash } from '../shared/reading/eventTypes';
import {
	clockDifference,
	pollEvents,
	type PollSettings,
	UNNOTICED,
	worthKnowing,
} from '../shared/reading/poll';
import { parseState, type PollState, startAt } from '../shared/reading/pollState';
import { fromMilliseconds, type Instant, SECOND } from '../shared/reading/timestamp';
import { BOUNDARY_OVERLAP } from '../shared/reading/window';
import type { TriggerSettings } from './settings';

interface Opening {
	/** What n8n stored, of unknown shape. */
	stored: unknown;
	settings: TriggerSettings;
	pollSettings: PollSettings;
}

interface Opened {
	state: PollState;
	/** Whether events may be given out: not in the poll that takes the baseline, nor while learning. */
	ready: boolean;
}

/**
 * The state to poll with: the stored one where it fits the settings, otherwise a new one.
 *
 * - First activation, Start From Now: what is in the log already is remembered, and not given out.
 * - Other filters or another account: goes on at the old watermark, and never looks behind it.
 * - New Event Type: the event types of the past are learned first, over several polls if need be.
 */
export async function openState(
	client: AuditClient,
	{ stored, settings, pollSettings }: Opening,
): Promise<Opened> {
	const { key } = settings;
	const found = parseState(stored);
	const before = found?.isUnchecked ? await check(client, found, pollSettings) : found;
	if (before?.key === key) return await learned(client, before, pollSettings);
	const now = fromMilliseconds(Date.now());
	if (before === undefined && settings.event === 'newEvent' && settings.startFrom === 'lookback') {
		return { state: startAt(now - settings.lookback, key), ready: true };
	}
	// Other settings than before: on from the old watermark, never behind it, but for the millisecond
	// in which the API may leave out what lies exactly on it.
	const start = before
		? { ...before, key, overlapFrom: before.watermark - BOUNDARY_OVERLAP, toLearn: undefined }
		: await baseline(client, startAt(now, key), pollSettings, settings.lateArrival);
	if (settings.event === 'newEvent') return { state: start, ready: before !== undefined };
	const state = {
		...start,
		toLearn: { from: start.watermark - settings.learnSpan, to: start.watermark },
	};
	// What there is to learn ends at the watermark, which is not certain yet.
	if (start.isUnchecked) return { state, ready: false };
	const learning = await attempt(async () => await learned(client, state, pollSettings));
	if ('value' in learning) return learning.value;
	if (isPassingError(learning.error)) return { state, ready: false };
	throw learning.error;
}

/**
 * Remembers what is in the overlap at activation. A fault that passes does not stop the activation:
 * then only events after it count, and late ones from before it stay out.
 */
async function baseline(
	client: AuditClient,
	start: PollState,
	pollSettings: PollSettings,
	lateArrival: Instant,
): Promise<PollState> {
	// A little further back: the server's clock may be behind without the Date header showing it. And
	// so a request is always made, and a wrong secret is found at once.
	const overlapFrom = start.watermark - lateArrival - UNNOTICED;
	const settings = { ...pollSettings, settling: 0n, capacity: Infinity };
	const overlap = { ...start, watermark: overlapFrom, overlapFrom };
	const { state, failure, events } = await pollEvents(client.fetchPage, overlap, settings);
	if (failure !== undefined && !isPassingError(failure)) throw failure;
	const { clockAheadMs = 0 } = state;
	if (clockAheadMs < 0 && start.clockAheadMs === undefined) {
		// n8n's clock runs ahead: its "now" would leave out what happens until the server gets there.
		const serverNow = start.watermark + fromMilliseconds(clockAheadMs);
		const corrected = { ...startAt(serverNow, start.key), clockAheadMs };
		return await baseline(client, corrected, pollSettings, lateArrival);
	}
	if (failure !== undefined) {
		return start.clockAheadMs === undefined ? { ...start, isUnchecked: true } : start;
	}
	const isWhole = state.span === undefined;
	return { ...(isWhole ? state : start), knownTypes: newTypes(events, start.knownTypes).known };
}

/** Puts a watermark right that n8n's clock gave at the activation. Costs one request, once. */
async function check(
	client: AuditClient,
	unchecked: PollState,
	pollSettings: PollSettings,
): Promise<PollState> {
	const state = { ...unchecked, isUnchecked: undefined };
	const { watermark, toLearn } = state;
	const query = {
		window: { from: watermark - SECOND, to: watermark },
		conditions: [],
		pageSize: 1,
	};
	const { serverTime } = await client.fetchPage(query);
	if (serverTime === undefined) return state;
	const aheadMs = clockDifference(serverTime, pollSettings.now());
	const onServer = (instant: Instant) => instant + fromMilliseconds(aheadMs);
	return {
		...state,
		watermark: onServer(watermark),
		overlapFrom: onServer(state.overlapFrom),
		clockAheadMs: worthKnowing(aheadMs),
		...(toLearn && { toLearn: { from: onServer(toLearn.from), to: onServer(toLearn.to) } }),
	};
}

/** Goes on learning where there is something left to learn. */
async function learned(
	client: AuditClient,
	state: PollState,
	pollSettings: PollSettings,
): Promise<Opened> {
	if (!state.toLearn) return { state, ready: true };
	const isBeginning = state.toLearn.to === state.watermark;
	const known = isBeginning ? await knownTypes(client, state) : state.knownTypes;
	const next = await learnTypes(client.fetchPage, { ...state, knownTypes: known }, pollSettings);
	return { state: next, ready: next.toLearn === undefined };
}

/** The pairs that Signicat's metadata names, with those that are known already. */
async function knownTypes(client: AuditClient, state: PollState): Promise<Set<string>> {
	const pairs = parseTargets(await client.getMetadata()).flatMap(({ services }) =>
		services.flatMap(({ name, eventTypes }) =>
			eventTypes.map((eventType) => typeHash(name, eventType)),
		),
	);
	return new Set([...state.knownTypes, ...pairs]);
}

/** Runs something, and gives what it gave or what it threw. */
async function attempt<Value>(
	run: () => Promise<Value>,
): Promise<{ value: Value } | { error: unknown }> {
	try {
		return { value: await run() };
	} catch (error) {
		return { error };
	}
}
