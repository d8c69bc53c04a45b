import { DAY, type Duration, fromMilliseconds, later } from '../shared/model/instant';
import { BOUNDARY_OVERLAP } from '../shared/model/window';
import type { AuditClient } from '../shared/signicat/client';
import { parseTargets } from '../shared/signicat/parse';
import { isTransientError } from '../shared/signicat/requestError';
import { takeBaseline } from './baseline';
import { earlierPresent } from './polling/clockSkew';
import { learnTypes, pickNewTypes, typeHash } from './polling/eventTypes';
import type { PollSettings } from './polling/pollSettings';
import type { TriggerSettings } from './settings';
import {
	type ClockUnverifiedState,
	type LearningState,
	type PollState,
	type ReadyState,
	startAt,
	startUnverified,
} from './state/pollState';
import { parseState } from './state/storedState';
import { verifyStart } from './verifyStart';

/** The longest part of the past whose event types are learned. */
const MAX_LEARNING_PERIOD: Duration = 3660n * DAY;

interface Preparation {
	/** What n8n stored, of unknown shape. */
	stored: unknown;
	settings: TriggerSettings;
	pollSettings: PollSettings;
	/** Is told of a transient fault that only postpones the baseline or the learning. */
	onPostponed(error: unknown): void;
}

export type PreparedState =
	| { mayEmit: true; state: ReadyState }
	| {
			/** This poll only takes the baseline, verifies the start or learns: its state is to be stored. */
			mayEmit: false;
			state: PollState;
			/** Whether it came any closer to emitting events. */
			progressed: boolean;
	  };

/**
 * Prepares the state to poll with: the stored one, moved on to its next phase if it can be; otherwise a new one.
 *
 * - First activation, Start From Now: what is in the log so far is remembered, and not emitted.
 * - Other filters or another account: polling resumes at the old watermark, and never before it.
 * - New Event Type: the event types of the past are learned first, over several polls if necessary.
 *
 * @throws RequestError or UnexpectedResponseError; of these, an activation only throws permanent ones
 */
export async function prepareState(
	client: AuditClient,
	preparation: Preparation,
): Promise<PreparedState> {
	const stored = parseState(preparation.stored);
	switch (stored?.phase) {
		case undefined:
			return await activate(client, preparation);
		case 'clockUnverified':
			return await verifyClock(client, stored, preparation);
		case 'learning':
		case 'ready':
			return await resume(client, stored, preparation);
	}
}

async function activate(client: AuditClient, preparation: Preparation): Promise<PreparedState> {
	const { settings, pollSettings } = preparation;
	if (settings.event === 'newEvent' && settings.startFrom === 'lookback') {
		const present = await earlierPresent(client.fetchPage, pollSettings.now);
		return { mayEmit: true, state: startAt(present - settings.lookback, settings.key) };
	}
	const state = await firstState(client, preparation);
	return settings.event === 'newEvent'
		? { mayEmit: false, state, progressed: true }
		: await beginLearning(client, state, preparation);
}

/**
 * The state that remembers what is in the log so far. A transient fault does not fail the activation: then only
 * later events count, and late ones from before the activation are not emitted.
 */
async function firstState(
	client: AuditClient,
	{ settings, pollSettings, onPostponed }: Preparation,
): Promise<ClockUnverifiedState | ReadyState> {
	const { key } = settings;
	const now = fromMilliseconds(pollSettings.now());
	const baseline = await unlessTransient(
		takeBaseline(client.fetchPage, key, pollSettings),
		onPostponed,
	);
	if (!baseline) return startUnverified(now, key);
	const { state, events } = baseline;
	return { ...state, knownTypes: pickNewTypes(events, state.knownTypes).known };
}

async function verifyClock(
	client: AuditClient,
	unverified: ClockUnverifiedState,
	preparation: Preparation,
): Promise<PreparedState> {
	const state = await verifyStart(client.fetchPage, unverified, preparation.pollSettings);
	return state.phase === 'clockUnverified'
		? { mayEmit: false, state, progressed: false }
		: await resume(client, state, preparation);
}

async function resume(
	client: AuditClient,
	state: LearningState | ReadyState,
	preparation: Preparation,
): Promise<PreparedState> {
	const { settings, pollSettings } = preparation;
	if (state.key !== settings.key) return await adoptSettings(client, state, preparation);
	return state.phase === 'learning'
		? await continueLearning(client, state, pollSettings)
		: { mayEmit: true, state };
}

/**
 * Resumes with other settings at the old watermark, and not before it; only a millisecond earlier, because the
 * API may omit what lies exactly on `from`.
 */
async function adoptSettings(
	client: AuditClient,
	old: LearningState | ReadyState,
	preparation: Preparation,
): Promise<PreparedState> {
	const { event, key } = preparation.settings;
	const overlapFrom = old.watermark - BOUNDARY_OVERLAP;
	const state: ReadyState = { ...old, phase: 'ready', key, overlapFrom };
	return event === 'newEvent'
		? { mayEmit: true, state }
		: await beginLearning(client, state, preparation);
}

/** Learns what there is time for. After a transient fault, the next poll begins. */
async function beginLearning(
	client: AuditClient,
	start: ClockUnverifiedState | ReadyState,
	{ settings, pollSettings, onPostponed }: Preparation,
): Promise<PreparedState> {
	const toLearn = { from: start.watermark - settings.learningPeriod, to: start.watermark };
	// What is to be learned ends at the watermark, which is not certain yet.
	if (start.phase === 'clockUnverified') {
		return { mayEmit: false, state: { ...start, toLearn }, progressed: true };
	}
	const state: LearningState = { ...start, phase: 'learning', toLearn };
	const learned = await unlessTransient(continueLearning(client, state, pollSettings), onPostponed);
	return learned ?? { mayEmit: false, state, progressed: true };
}

async function continueLearning(
	client: AuditClient,
	stored: LearningState,
	pollSettings: PollSettings,
): Promise<PreparedState> {
	const { from, to } = stored.toLearn;
	// A stored state may say anything. No clock is asked here: a wrong one would cut what is to be learned.
	const toLearn = { from: later(from, to - MAX_LEARNING_PERIOD), to };
	const isBeginning = to === stored.watermark;
	const knownTypes = isBeginning ? await typesFromMetadata(client, stored) : stored.knownTypes;
	const state = await learnTypes(
		client.fetchPage,
		{ ...stored, toLearn, knownTypes },
		pollSettings,
	);
	return state.phase === 'ready'
		? { mayEmit: true, state }
		: { mayEmit: false, state, progressed: state.toLearn.to !== to };
}

/** The pairs that Signicat's metadata names, with those that are known already. */
async function typesFromMetadata(
	client: AuditClient,
	{ knownTypes }: PollState,
): Promise<Set<string>> {
	const pairs = parseTargets(await client.getMetadata()).flatMap(({ services }) =>
		services.flatMap(({ name, eventTypes }) =>
			eventTypes.map((eventType) => typeHash(name, eventType)),
		),
	);
	return new Set([...knownTypes, ...pairs]);
}

/** @returns undefined after a transient fault, of which `onPostponed` is told */
async function unlessTransient<Value>(
	work: Promise<Value>,
	onPostponed: Preparation['onPostponed'],
): Promise<Value | undefined> {
	return await work.catch((error: unknown) => {
		if (!isTransientError(error)) throw error;
		onPostponed(error);
		return undefined;
	});
}
