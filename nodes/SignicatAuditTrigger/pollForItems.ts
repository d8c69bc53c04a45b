import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import type { PageSize } from '../shared/model/pageSize';
import { createClient } from '../shared/signicat/client';
import { timer, untilAborted } from '../shared/signicat/deadline';
import { POLL_RETRY } from '../shared/signicat/retryPolicy';
import { PollGuard } from './pollGuard';
import { logSkippedPoll } from './pollLog';
import { respectWait, runPoll } from './runPoll';
import { readSettings } from './settings';
import { openStore } from './state/stateStore';
import { fetchTestItems } from './testItems';

/** Time for one poll, in ms, where n8n sets none: polls come at least a minute apart. */
const DEFAULT_BUDGET_MS = 45_000;

/** How long after its budget a poll is stopped, in ms; by then it should have ended by itself. */
const STOP_GRACE_MS = 2000;

const guard = new PollGuard();

/**
 * One poll, or Fetch Test Event.
 *
 * @returns the JSON of the items to start the workflow with, none when there is nothing new or the poll is
 * skipped
 * @throws InvalidParameterError, RequestError, UnexpectedResponseError or NodeOperationError
 */
export async function pollForItems(context: IPollFunctions): Promise<IDataObject[]> {
	const budgetMs = Math.min(context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS, DEFAULT_BUDGET_MS);
	const nowMs = Date.now();
	const deadlineMs = nowMs + budgetMs;
	if (context.getMode() === 'manual') {
		const testItems = async () => {
			const { settings, client } = await openClient(context, { deadlineMs, isStarted: false });
			return await fetchTestItems(context, settings, { client, deadlineMs });
		};
		return await withinBudget(context, budgetMs, testItems());
	}

	// n8n's two engines tell nodes apart by their ID, or by their name.
	const { id, name } = context.getNode();
	const fullName = JSON.stringify([context.getWorkflow().id, id, name]);
	const admission = guard.begin(fullName, { nowMs, untilMs: deadlineMs });
	if (!admission.mayPoll) {
		logSkippedPoll(context, admission);
		return [];
	}
	const { turn } = admission;
	try {
		const store = openStore(context, fullName);
		if (store.isStale) {
			context.logger.debug(
				'Signicat Audit: n8n has not stored the result of the last poll yet; skipping this one',
			);
			return [];
		}
		const newItems = async () => {
			const opened = await openClient(context, {
				deadlineMs,
				isStarted: store.stored !== undefined,
				pageSize: turn.pageSize,
			});
			return await runPoll(context, { ...opened, deadlineMs, store, turn });
		};
		return await withinBudget(context, budgetMs, newItems());
	} catch (error) {
		respectWait(turn, error);
		return await Promise.reject(error);
	} finally {
		turn.end();
	}
}

interface OpenOptions {
	/** When the poll is over, in ms since 1970. */
	deadlineMs: number;
	isStarted: boolean;
	pageSize?: PageSize;
}

async function openClient(
	context: IPollFunctions,
	{ deadlineMs, isStarted, pageSize }: OpenOptions,
) {
	const settings = await readSettings(context, { isStarted });
	const client = await createClient(context, { ...POLL_RETRY, deadline: deadlineMs }, { pageSize });
	return { settings, client };
}

/** All that this package does ends in time by itself; this is for what it awaits from n8n. */
async function withinBudget<Value>(
	context: IPollFunctions,
	budgetMs: number,
	work: Promise<Value>,
): Promise<Value> {
	const overdue = timer(budgetMs + STOP_GRACE_MS);
	try {
		return await untilAborted(work, overdue);
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
