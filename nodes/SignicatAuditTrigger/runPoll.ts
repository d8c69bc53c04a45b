import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import type { AuditEvent } from '../shared/model/event';
import type { AuditClient } from '../shared/signicat/client';
import { RequestError } from '../shared/signicat/requestError';
import type { PollTurn } from './pollGuard';
import { logResult, logTypesTruncated } from './pollLog';
import { typeHash } from './polling/eventTypes';
import { pollEvents } from './polling/pollEvents';
import type { PollSettings } from './polling/pollSettings';
import { prepareState } from './prepareState';
import { readingTime } from './readingTime';
import type { TriggerSettings } from './settings';
import { pruneState } from './state/bounds';
import type { PollState } from './state/pollState';
import type { StateStore } from './state/stateStore';
import { serializeState } from './state/storedState';
import { toItems } from './triggerItems';

/** After so many polls in a row without progress there is an error, so that somebody notices. */
const MAX_POLLS_WITHOUT_PROGRESS = 3;

interface PollOptions {
	settings: TriggerSettings;
	client: AuditClient;
	/** When the poll is over, in ms since 1970. */
	deadlineMs: number;
	store: StateStore;
	turn: PollTurn;
}

/**
 * Reads what is new since the stored state, and replaces the state as its last step.
 *
 * @returns the JSON of the items to start the workflow with, none when there is nothing new
 * @throws RequestError or UnexpectedResponseError where nothing could be read; NodeOperationError where
 * several polls in a row made no progress
 */
export async function runPoll(
	context: IPollFunctions,
	{ settings, client, deadlineMs, store, turn }: PollOptions,
): Promise<IDataObject[]> {
	const { readUntilMs, pages } = readingTime(client, deadlineMs);
	const pollSettings: PollSettings = {
		...settings,
		deadlineMs: readUntilMs,
		now: Date.now,
		pages,
	};
	const save = (state: PollState, items: IDataObject[]) => {
		// If another poll has taken over, that one emits what this one read.
		if (!turn.isCurrent()) return [];
		const { state: pruned, typesTruncated } = pruneState(state, settings.event);
		if (typesTruncated) logTypesTruncated(context);
		store.replace(serializeState(pruned), items.length > 0);
		return items;
	};
	const prepared = await prepareState(client, {
		stored: store.stored,
		settings,
		pollSettings,
		onPostponed: (error) => respectWait(turn, error),
	});
	if (!prepared.mayEmit) {
		checkProgress(context, turn, prepared.progressed);
		return save(prepared.state, []);
	}
	const { state } = prepared;
	// Events of the overlap that are read again would otherwise use up the budget of the poll.
	const isNewType = ({ serviceName, eventType }: AuditEvent) =>
		!state.knownTypes.has(typeHash(serviceName, eventType));
	const result = await pollEvents(client.fetchPage, state, {
		...pollSettings,
		...(settings.event === 'newEventType' && { counts: isNewType }),
	});
	logResult(context, result);
	if (result.failure !== undefined) {
		if (!result.progressed) throw result.failure;
		respectWait(turn, result.failure);
	}
	// Reading the overlap again is no progress.
	const isFurther = result.state.watermark > state.watermark || result.overlapTruncated;
	const progressed = result.caughtUp || result.events.length > 0 || isFurther;
	checkProgress(context, turn, progressed, result.failure);
	const { items, knownTypes } = toItems(result.events, result.state.knownTypes, settings);
	return save({ ...result.state, knownTypes }, items);
}

/** Skips polls for as long as Signicat asked to wait, which n8n's default engine does not. */
export function respectWait(turn: PollTurn, error: unknown): void {
	const waitMs = error instanceof RequestError ? error.askedWaitMs : undefined;
	if (waitMs) turn.backOff(waitMs);
}

/**
 * @param failure what ended the poll early, if anything did
 * @throws the failure, or NodeOperationError, where several polls in a row made no progress
 */
function checkProgress(
	context: IPollFunctions,
	turn: PollTurn,
	progressed: boolean,
	failure?: unknown,
): void {
	const polls = turn.countProgress(progressed);
	if (polls < MAX_POLLS_WITHOUT_PROGRESS) return;
	// The polls in between store what they learned: how short a window has to be.
	turn.countProgress(true);
	if (failure !== undefined) throw failure;
	throw new NodeOperationError(
		context.getNode(),
		`The last ${polls} polls could not finish reading any part of the audit log`,
		{
			description:
				'Each of them ran out of time. Nothing is lost: the next poll reads the same part again. If the problem persists, add filters so that there is less to read, and ask Signicat whether the Audit API is slow.',
			failure: { cause: 'temporarily-unavailable' },
		},
	);
}
