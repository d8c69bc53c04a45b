import type { AuditClient } from '../shared/signicat/client';
import { isPassingError } from '../shared/signicat/requestError';
import { parseTargets } from '../shared/signicat/parse';
import { learnTypes, pickNewTypes, typeHash } from './polling/eventTypes';
import type { PollSettings } from './polling/pollSettings';
import { parseState, type PollState, startAt } from './state/pollState';
import { DAY, type Duration, fromMilliseconds, later } from '../shared/model/instant';
import { BOUNDARY_OVERLAP } from '../shared/model/window';
import { takeBaseline } from './baseline';
import type { TriggerSettings } from './settings';
import { measureLagMs, verifyStart } from './verifyStart';

/** The longest time whose event types are learned. */
const MAX_LEARNING_PERIOD: Duration = 3660n * DAY;

interface Preparation {
	/** What n8n stored, of unknown shape. */
	stored: unknown;
	settings: TriggerSettings;
	pollSettings: PollSettings;
	/** Is told of a fault that only puts off the activation or the learning. */
	onPostponed(error: unknown): void;
}

interface PreparedState {
	state: PollState;
	/** Whether events may be given out: not in the poll that takes the baseline, nor while learning. */
	mayEmit: boolean;
	/** Where none may: whether it is any closer to it than before. */
	progressed: boolean;
}

/**
 * The state to poll with: the stored one where it fits the settings, otherwise a new one.
 *
 * - First activation, Start From Now: what is in the log already is remembered, and not given out.
 * - Other filters or another account: goes on at the old watermark, and never looks behind it.
 * - New Event Type: the event types of the past are learned first, over several polls if need be.
 */
export async function prepareState(
	client: AuditClient,
	{ stored, settings, pollSettings, onPostponed }: Preparation,
): Promise<PreparedState> {
	const { key } = settings;
	const found = parseState(stored);
	const before = found?.isUnchecked
		? await verifyStart(client.fetchPage, found, pollSettings)
		: found;
	if (before?.isUnchecked) return { state: before, mayEmit: false, progressed: false };
	if (before?.key === key) return await continueLearning(client, before, pollSettings);
	const now = fromMilliseconds(pollSettings.now());
	if (before === undefined && settings.event === 'newEvent' && settings.startFrom === 'lookback') {
		const start = now + fromMilliseconds(await measureLagMs(client.fetchPage, pollSettings));
		return { state: startAt(start - settings.lookback, key), mayEmit: true, progressed: true };
	}
	// Other settings than before: on from the old watermark, never behind it, but for the millisecond
	// in which the API may leave out what lies exactly on it.
	const start = before
		? { ...before, key, overlapFrom: before.watermark - BOUNDARY_OVERLAP, toLearn: undefined }
		: await newStart(client, { key, pollSettings, onPostponed });
	const progressed = true;
	if (settings.event === 'newEvent') {
		return { state: start, mayEmit: before !== undefined, progressed };
	}
	const state = {
		...start,
		toLearn: { from: start.watermark - settings.learningPeriod, to: start.watermark },
	};
	// What there is to learn ends at the watermark, which is not certain yet.
	if (start.isUnchecked) return { state, mayEmit: false, progressed };
	const learning = await attempt(async () => await continueLearning(client, state, pollSettings));
	if ('value' in learning) return learning.value;
	if (!isPassingError(learning.error)) throw learning.error;
	onPostponed(learning.error);
	return { state, mayEmit: false, progressed };
}

/**
 * The state of a first activation. A fault that passes does not stop the activation: then only events
 * after it count, and late ones from before it stay out.
 */
async function newStart(
	client: AuditClient,
	{
		key,
		pollSettings,
		onPostponed,
	}: Pick<Preparation, 'pollSettings' | 'onPostponed'> & { key: string },
): Promise<PollState> {
	const now = fromMilliseconds(pollSettings.now());
	const baseline = await attempt(
		async () => await takeBaseline(client.fetchPage, key, pollSettings),
	);
	if ('error' in baseline) {
		if (!isPassingError(baseline.error)) throw baseline.error;
		onPostponed(baseline.error);
		return { ...startAt(now, key), isUnchecked: true };
	}
	const { state, events } = baseline.value;
	return { ...state, knownTypes: pickNewTypes(events, state.knownTypes).known };
}

/** Goes on learning where there is something left to learn. */
async function continueLearning(
	client: AuditClient,
	given: PollState,
	pollSettings: PollSettings,
): Promise<PreparedState> {
	if (!given.toLearn) return { state: given, mayEmit: true, progressed: true };
	const { from, to } = given.toLearn;
	// A stored state may say anything. No clock is asked here: a wrong one would cut what is to be learned.
	const toLearn = { from: later(from, to - MAX_LEARNING_PERIOD), to };
	const state = { ...given, toLearn };
	const isBeginning = toLearn.to === state.watermark;
	const known = isBeginning ? await typesFromMetadata(client, state) : state.knownTypes;
	const next = await learnTypes(client.fetchPage, { ...state, knownTypes: known }, pollSettings);
	return {
		state: next,
		mayEmit: next.toLearn === undefined,
		progressed: next.toLearn?.to !== toLearn.to,
	};
}

/** The pairs that Signicat's metadata names, with those that are known already. */
async function typesFromMetadata(client: AuditClient, state: PollState): Promise<Set<string>> {
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
