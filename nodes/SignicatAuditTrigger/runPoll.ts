import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import { jsonText } from '../shared/model/json';
import type { AuditClient } from '../shared/signicat/client';
import { isTransientError, RequestError } from '../shared/signicat/requestError';
import type { PollTurn } from './pollGuard';
import { logResult, logValuesTruncated } from './pollLog';
import { KnownValues } from './polling/knownValues';
import { pollEvents } from './polling/pollEvents';
import { type PollSettings, SIDE_BY_SIDE } from './polling/pollSettings';
import { prepareState } from './prepareState';
import { readingTime } from './readingTime';
import type { TriggerSettings } from './settings';
import { pruneState } from './state/bounds';
import type { PollState } from './state/pollState';
import type { StateStore } from './state/stateStore';
import { serializeState } from './state/storedState';
import { itemLength, toItems } from './triggerItems';

/** After so many polls in a row without progress there is an error, so that somebody notices. */
const MAX_POLLS_WITHOUT_PROGRESS = 3;

/**
 * How long the JSON of One Item per Poll may become, in UTF-16 code units: longer ones slow n8n's editor down, and
 * few services accept them in one request.
 */
const MAX_ITEM_LENGTH = 4_000_000;

/** How long the JSON of all events of a poll may become where each is an item of its own: n8n holds all of them. */
const MAX_POLL_LENGTH = 64_000_000;

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
		const { state: pruned, valuesTruncated } = pruneState(state, {
			keepsValues: !!settings.watched,
		});
		if (valuesTruncated) logValuesTruncated(context);
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
	const known = settings.watched && new KnownValues(state.knownValues, settings.watched);
	const result = await pollEvents(client.fetchPage, state, {
		...pollSettings,
		// Where a quota ends a poll early, one window after the other gets further than several at once.
		sideBySide: turn.isAfterFailure ? 1 : SIDE_BY_SIDE,
		// Events of the overlap that are read again would otherwise use up the budget of the poll.
		...(known && { counts: (event) => known.note(event) }),
		maxSize:
			settings.emit === 'oneItemPerPoll'
				? { total: MAX_ITEM_LENGTH, sizeOf: (event) => itemLength(event, settings) }
				: { total: MAX_POLL_LENGTH, sizeOf: (event) => jsonText(event).length },
	});
	logResult(context, result);
	turn.noteReading(result.failure !== undefined);
	if (result.failure !== undefined) {
		// An activation that has learned what is known keeps it: the next poll reads on.
		const hasLearned = store.stored === undefined && settings.watched !== undefined;
		const isPostponed = hasLearned && isTransientError(result.failure);
		if (!result.progressed && !isPostponed) throw result.failure;
		respectWait(turn, result.failure);
	}
	// Reading the overlap again is no progress, unless it takes several polls.
	const isFurther =
		result.state.watermark > state.watermark ||
		(result.state.reread?.from ?? 0n) > (state.reread?.from ?? 0n);
	const progressed = result.caughtUp || result.events.length > 0 || isFurther;
	checkProgress(context, turn, progressed, result.failure);
	const items = toItems(result.events, settings, { known, covered: result.covered });
	return save(known ? known.rememberIn(result.state) : result.state, items);
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
