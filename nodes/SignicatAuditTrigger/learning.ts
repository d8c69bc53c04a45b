import { DAY, type Duration, later } from '../shared/model/instant';
import type { AuditClient } from '../shared/signicat/client';
import { parseTargets } from '../shared/signicat/parse';
import { isTransientError } from '../shared/signicat/requestError';
import { addOlder, learnValues } from './polling/learnValues';
import type { PollSettings } from './polling/pollSettings';
import { valuesHash, type WatchedFields } from './polling/watchedFields';
import type { TriggerSettings } from './settings';
import type { ClockUnverifiedState, LearningState, PollState, ReadyState } from './state/pollState';

/** The longest part of the past whose values are learned. */
const MAX_LEARNING_PERIOD: Duration = 3660n * DAY;

export interface Preparation {
	settings: TriggerSettings;
	pollSettings: PollSettings;
	/** Is told of a transient fault that only postpones the baseline or the learning. */
	onPostponed(error: unknown): void;
}

interface Learning extends Preparation {
	watched: WatchedFields;
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

/** Learns what there is time for. After a transient fault, the next poll begins. */
export async function beginLearning(
	client: AuditClient,
	start: ClockUnverifiedState | ReadyState,
	learning: Learning,
): Promise<PreparedState> {
	const { settings, onPostponed } = learning;
	const toLearn = { from: start.watermark - settings.learningPeriod, to: start.watermark };
	// What is to be learned ends at the watermark, which is not certain yet.
	if (start.phase === 'clockUnverified') {
		return { mayEmit: false, state: { ...start, toLearn }, progressed: true };
	}
	const state: LearningState = { ...start, phase: 'learning', toLearn };
	const learned = await unlessTransient(continueLearning(client, state, learning), onPostponed);
	return learned ?? { mayEmit: false, state, progressed: true };
}

/** @throws RequestError or UnexpectedResponseError */
export async function continueLearning(
	client: AuditClient,
	stored: LearningState,
	{ settings, pollSettings, watched }: Learning,
): Promise<PreparedState> {
	const { from, to } = stored.toLearn;
	// A stored state may say anything. No clock is asked here: a wrong one would cut what is to be learned.
	const toLearn = { from: later(from, to - MAX_LEARNING_PERIOD), to };
	const hasMetadata = settings.event === 'newEventType' && to === stored.watermark;
	const knownValues = hasMetadata ? await typesFromMetadata(client, stored) : stored.knownValues;
	const state = await learnValues(
		client.fetchPage,
		{ ...stored, toLearn, knownValues },
		{ ...pollSettings, watched },
	);
	return state.phase === 'ready'
		? { mayEmit: true, state }
		: { mayEmit: false, state, progressed: state.toLearn.to !== to };
}

/** The event types that Signicat's metadata names, with those that are known already. */
async function typesFromMetadata(
	client: AuditClient,
	{ knownValues }: PollState,
): Promise<Set<string>> {
	const types = parseTargets(await client.getMetadata()).flatMap(({ services }) =>
		services.flatMap(({ name, eventTypes }) =>
			eventTypes.map((eventType) => valuesHash([name, eventType])),
		),
	);
	return addOlder(knownValues, types);
}

/** @returns undefined after a transient fault, of which `onPostponed` is told */
export async function unlessTransient<Value>(
	work: Promise<Value>,
	onPostponed: Preparation['onPostponed'],
): Promise<Value | undefined> {
	return await work.catch((error: unknown) => {
		if (!isTransientError(error)) throw error;
		onPostponed(error);
		return undefined;
	});
}
