import { type IDataObject, type IPollFunctions, NodeOperationError, sleep } from 'n8n-workflow';
import { createClient } from '../shared/signicat/client';
import { timer, untilEnded } from '../shared/signicat/deadline';
import { RequestError } from '../shared/signicat/requestError';
import { POLL_PATIENCE } from '../shared/signicat/retryPolicy';
import { eventJson } from '../shared/parameters/simplify';
import { type NewEventType, pickNewTypes, typeHash, trimTypes } from './polling/eventTypes';
import { pollEvents } from './polling/poll';
import type { PollSettings } from './polling/pollSettings';
import { type PollState, serializeState } from './state/pollState';
import { readEvents } from '../shared/reading/reader';
import { DAY, fromMilliseconds } from '../shared/model/instant';
import type { AuditEvent } from '../shared/model/event';
import { MOST_EVENTS_PER_PAGE } from '../shared/model/page';
import { prepareState } from './prepareState';
import { PollGuard, type PollTurn } from './pollGuard';
import { logSkippedPoll, logResult } from './pollLog';
import { readSettings, type TriggerSettings } from './settings';
import { openStore, type StateStore } from './state/stateStore';

/** Time for one poll, in ms, where n8n sets none: polls come at least a minute apart. */
const DEFAULT_BUDGET_MS = 45_000;
const MAX_TEST_EVENTS = 10;

/** So many polls in a row that got nowhere are an error, so that somebody sees it. */
const MAX_POLLS_WITHOUT_PROGRESS = 3;

const guard = new PollGuard();

/**
 * One poll: reads what is new, then replaces the state as the last thing it does.
 *
 * @returns the JSON of the items to start the workflow with, none when there is nothing new
 */
export async function pollForItems(context: IPollFunctions): Promise<IDataObject[]> {
	const budgetMs = Math.min(context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS, DEFAULT_BUDGET_MS);
	const nowMs = Date.now();
	const deadlineMs = nowMs + budgetMs;
	if (context.getMode() === 'manual') {
		return await withinBudget(context, budgetMs, fetchTestItems(context, deadlineMs));
	}

	// Both of what n8n's two engines tell nodes apart by: their ID, and their name.
	const { id, name } = context.getNode();
	const fullName = JSON.stringify([context.getWorkflow().id, id, name]);
	const turn = guard.begin(fullName, { nowMs, untilMs: deadlineMs });
	if (!turn.mayPoll) {
		logSkippedPoll(context, turn);
		return [];
	}
	const { poll } = turn;
	try {
		const store = openStore(context, fullName);
		if (store.isStale) {
			context.logger.debug(
				'Signicat Audit: n8n has not stored the result of the last poll yet; skipping this one',
			);
			return [];
		}
		return await withinBudget(context, budgetMs, pollOnce(context, { deadlineMs, store, poll }));
	} catch (error) {
		respectWait(poll, error);
		return await Promise.reject(error);
	} finally {
		poll.end();
	}
}

/** So much later than its budget a poll is ended from outside, in ms: by then it has ended by itself. */
const STOP_GRACE_MS = 2000;

/** Everything that is awaited ends by itself; this is for what is not this package's own. */
async function withinBudget<Value>(
	context: IPollFunctions,
	budgetMs: number,
	work: Promise<Value>,
): Promise<Value> {
	const overdue = timer(budgetMs + STOP_GRACE_MS);
	try {
		return await untilEnded(work, overdue);
	} catch (error) {
		const failed =
			error === overdue.reason
				? new NodeOperationError(context.getNode(), 'The poll took too long and was stopped', {
						description: 'Nothing is lost: the next poll reads the same part again.',
						failure: { cause: 'temporarily-unavailable' },
					})
				: error;
		return await Promise.reject(failed);
	}
}

async function openClient(context: IPollFunctions, deadlineMs: number) {
	const settings = await readSettings(context);
	const client = await createClient(context, { ...POLL_PATIENCE, deadline: deadlineMs });
	return { settings, client };
}

/** Keeps the next polls away for as long as Signicat asked for: n8n's default engine does not. */
function respectWait(poll: PollTurn, error: unknown): void {
	const waitMs = error instanceof RequestError ? error.askedWaitMs : undefined;
	if (waitMs) poll.backOff(waitMs);
}

interface PollContext {
	deadlineMs: number;
	store: StateStore;
	poll: PollTurn;
}

async function pollOnce(
	context: IPollFunctions,
	{ deadlineMs, store, poll }: PollContext,
): Promise<IDataObject[]> {
	const { settings, client } = await openClient(context, deadlineMs);
	// Two thirds of the time go to reading, so that a request under way can end in the last third.
	const readUntilMs = Date.now() + ((deadlineMs - Date.now()) * 2) / 3;
	const pollSettings: PollSettings = {
		...settings,
		deadlineMs: readUntilMs,
		now: Date.now,
		pages: {
			pause: async (ms) => await sleep(Math.max(0, Math.min(ms, readUntilMs - Date.now()))),
			size: client.pageSize,
		},
	};
	const prepared = await prepareState(client, {
		stored: store.stored,
		settings,
		pollSettings,
		onPostponed: (error) => respectWait(poll, error),
	});
	const save = (state: PollState, items: IDataObject[]) => {
		// Another poll has taken over: what this one read comes with that one.
		if (!poll.isCurrent()) return [];
		store.replace(serializeState(pruneState(context, state, settings)), items.length > 0);
		return items;
	};
	if (!prepared.mayEmit) {
		checkProgress(context, poll, prepared.progressed);
		return save(prepared.state, []);
	}
	const { knownTypes } = prepared.state;
	// What is read again of the overlap would otherwise use up the room of a poll.
	const isNew = (event: AuditEvent) =>
		!knownTypes.has(typeHash(event.serviceName, event.eventType));
	const result = await pollEvents(client.fetchPage, prepared.state, {
		...pollSettings,
		...(settings.event === 'newEventType' && { counts: isNew }),
	});
	logResult(context, result);
	if (result.failure !== undefined) {
		if (!result.progressed) throw result.failure;
		respectWait(poll, result.failure);
	}
	checkProgress(context, poll, result.progressed || result.caughtUp);
	if (settings.event === 'newEvent') {
		const items = result.events.map((event) => eventJson(event, settings.simplify));
		return save(result.state, items);
	}
	const { found, known } = pickNewTypes(result.events, result.state.knownTypes);
	const items = found.map((newType) => typeJson(newType, settings.simplify));
	return save({ ...result.state, knownTypes: known }, items);
}

/** @throws NodeOperationError when several polls in a row got nowhere */
function checkProgress(context: IPollFunctions, poll: PollTurn, progressed: boolean): void {
	const polls = poll.countProgress(progressed);
	if (polls < MAX_POLLS_WITHOUT_PROGRESS) return;
	// The polls in between store what they learned: how short a window has to be.
	poll.countProgress(true);
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

/**
 * Of a state what its kind of event needs, so that it stays within its bounds: cursors keep an event
 * from coming twice, known pairs keep a type from firing twice.
 */
function pruneState(
	context: IPollFunctions,
	state: PollState,
	{ event }: TriggerSettings,
): PollState {
	if (event === 'newEvent') return { ...state, knownTypes: new Set() };
	const { known, truncated } = trimTypes(state.knownTypes);
	if (truncated) {
		context.logger.warn(
			'Signicat Audit: too many event types to remember; the oldest ones may start the workflow again',
		);
	}
	return { ...state, emitted: new Map(), knownTypes: known };
}

/** Fetch Test Event: the newest matching events, read without touching the state. */
async function fetchTestItems(context: IPollFunctions, deadlineMs: number): Promise<IDataObject[]> {
	const { settings, client } = await openClient(context, deadlineMs);
	const to = fromMilliseconds(Date.now());
	const newest: AuditEvent[] = [];
	const pages = readEvents(client.fetchPage, {
		...settings,
		window: { from: to - 30n * DAY, to },
		pageSize: MOST_EVENTS_PER_PAGE,
		order: 'newestFirst',
		limit: settings.event === 'newEvent' ? MAX_TEST_EVENTS : 1,
	});
	for await (const events of pages) newest.push(...events);
	if (newest.length === 0) {
		throw new NodeOperationError(context.getNode(), 'No matching events in the last 30 days', {
			description:
				'Remove some filters or conditions, and check that the API client in the credential belongs to the account you expect.',
		});
	}
	const oldestFirst = newest.reverse();
	if (settings.event === 'newEvent') {
		return oldestFirst.map((event) => eventJson(event, settings.simplify));
	}
	return pickNewTypes(oldestFirst, new Set()).found.map((newType) =>
		typeJson(newType, settings.simplify),
	);
}

function typeJson({ event, ...pair }: NewEventType, simplify: boolean): IDataObject {
	return { ...pair, event: eventJson(event, simplify) };
}
