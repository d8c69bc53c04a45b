import { fromMilliseconds, type Instant } from '../shared/model/instant';
import { BOUNDARY_OVERLAP } from '../shared/model/window';
import type { AuditClient } from '../shared/signicat/client';
import { takeBaseline } from './baseline';
import {
	beginLearning,
	continueLearning,
	type Preparation,
	type PreparedState,
	unlessTransient,
} from './learning';
import { earlierPresent } from './polling/clockSkew';
import { addOlder } from './polling/learnValues';
import { hashOfEvent } from './polling/watchedFields';
import {
	type ClockUnverifiedState,
	type LearningState,
	type ReadyState,
	startAt,
	startUnverified,
} from './state/pollState';
import { haveSameFields } from './state/stateKey';
import { parseState } from './state/storedState';
import { verifyStart } from './verifyStart';

interface StoredPreparation extends Preparation {
	/** What n8n stored, of unknown shape. */
	stored: unknown;
	/** Where other settings begin to read; a little before the watermark by default. */
	adoptFrom?: Instant;
}

/**
 * Prepares the state to poll with: the stored one, moved on to its next phase if it can be; otherwise a new one.
 *
 * - First activation, Start From Now: what is in the log so far is remembered, and not emitted.
 * - Other filters or another account: polling resumes at the old watermark, and never before it.
 * - New Event Type, New Value: the values of the past are learned first, over several polls if necessary.
 *
 * @throws RequestError or UnexpectedResponseError; of these, an activation only throws permanent ones
 */
export async function prepareState(
	client: AuditClient,
	preparation: StoredPreparation,
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
	const { key, startFrom, startDate, watched } = settings;
	if (startFrom === 'lookback') {
		const present = await earlierPresent(client.fetchPage, pollSettings.now);
		return { mayEmit: true, state: startAt(present - settings.lookback, key) };
	}
	if (startDate !== undefined) return { mayEmit: true, state: startAt(startDate, key) };
	const state = await firstState(client, preparation);
	return watched
		? await beginLearning(client, state, { ...preparation, watched })
		: { mayEmit: false, state, progressed: true };
}

/**
 * The state that remembers what is in the log so far. A transient fault does not fail the activation: then only
 * later events count, and late ones from before the activation are not emitted.
 */
async function firstState(
	client: AuditClient,
	{ settings, pollSettings, onPostponed }: Preparation,
): Promise<ClockUnverifiedState | ReadyState> {
	const { key, watched } = settings;
	const now = fromMilliseconds(pollSettings.now());
	const baseline = await unlessTransient(
		takeBaseline(client.fetchPage, key, pollSettings),
		onPostponed,
	);
	if (!baseline) return startUnverified(now, key);
	const { state, events } = baseline;
	if (!watched) return state;
	const hashes = events.flatMap((event) => hashOfEvent(event, watched) ?? []);
	return { ...state, knownValues: addOlder(state.knownValues, hashes) };
}

async function verifyClock(
	client: AuditClient,
	unverified: ClockUnverifiedState,
	preparation: StoredPreparation,
): Promise<PreparedState> {
	const state = await verifyStart(client.fetchPage, unverified, preparation.pollSettings);
	if (state.phase === 'clockUnverified') return { mayEmit: false, state, progressed: false };
	// Nothing was read yet: with other settings, too, nothing before the watermark is new.
	return await resume(client, state, { ...preparation, adoptFrom: state.overlapFrom });
}

async function resume(
	client: AuditClient,
	state: LearningState | ReadyState,
	preparation: StoredPreparation,
): Promise<PreparedState> {
	const { key, watched } = preparation.settings;
	if (state.key !== key) return await adoptSettings(client, state, preparation);
	return state.phase === 'learning' && watched
		? await continueLearning(client, state, { ...preparation, watched })
		: { mayEmit: true, state: { ...state, phase: 'ready' } };
}

/**
 * Resumes with other settings at the old watermark, and not before it; only a millisecond earlier, because the
 * API may omit what lies exactly on `from`.
 */
async function adoptSettings(
	client: AuditClient,
	old: LearningState | ReadyState,
	preparation: StoredPreparation,
): Promise<PreparedState> {
	const { adoptFrom: overlapFrom = old.watermark - BOUNDARY_OVERLAP } = preparation;
	const { key, watched } = preparation.settings;
	const knownValues = haveSameFields(old.key, key) ? old.knownValues : new Set<string>();
	const state: ReadyState = {
		...old,
		phase: 'ready',
		key,
		overlapFrom,
		knownValues,
		reread: undefined,
	};
	return watched
		? await beginLearning(client, state, { ...preparation, watched })
		: { mayEmit: true, state };
}
