import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { shortHash } from './pollState';
import type { StoredState } from './storedState';

/** How long n8n may take to store the result of a poll, in ms. Polls come further apart. */
const PERSIST_GRACE_MS = 20_000;

/** By the name of the node: the state that its last poll with events started from, and when that ended. */
const recentlyEmitted = new Map<string, { hash: string; atMs: number }>();

/** The stored state of one trigger, in either of n8n's polling engines. */
export interface StateStore {
	/** What n8n stored, of unknown shape; undefined at the first activation. */
	readonly stored: unknown;
	/** Whether a poll has just emitted events from this very state, which n8n has not replaced yet. */
	readonly isStale: boolean;
	/** Replaces the state at the end of a poll; one with events starts an execution. */
	replace(state: StoredState, startsExecution: boolean): void;
}

/**
 * The state is the node's static data. Two gaps of the engine with durable cursors are closed here:
 *
 * - It stores nothing of the poll at the activation if that emits no events, so that events before the first
 *   scheduled poll would be missed. The workflow's static data, which n8n does store then, holds the state
 *   until there is one of the node.
 * - It stores the state a moment after a poll that emits events, and may begin another poll before that
 *   (after a restart, for a poll that was missed). That one would emit the same events again.
 *
 * @param name identifies the node across all workflows
 */
export function openStore(context: IPollFunctions, name: string): StateStore {
	const nodeData = context.getWorkflowStaticData('node');
	const workflowData = context.getWorkflowStaticData('global');
	// By the ID and the name: copied nodes can have the same ID, and n8n's default engine goes by the name.
	const workflowKey = `signicatAuditTrigger ${context.getNode().id} ${context.getNode().name}`;
	const isFirst = nodeData.state === undefined;
	const stored = isFirst ? workflowData[workflowKey] : nodeData.state;
	const hash = shortHash(JSON.stringify(stored) ?? '');
	const last = recentlyEmitted.get(name);
	const ageMs = last ? Date.now() - last.atMs : Infinity;
	return {
		stored,
		// If the clock was set back since, the age says nothing.
		isStale: last?.hash === hash && ageMs >= 0 && ageMs < PERSIST_GRACE_MS,
		replace(state, startsExecution) {
			const value = state as unknown as IDataObject;
			if (startsExecution) recentlyEmitted.set(name, { hash, atMs: Date.now() });
			// With events, n8n stores the state of the node together with the execution. Until then, the
			// workflow's data stays as it was, because it may be stored earlier.
			if (isFirst && !startsExecution) workflowData[workflowKey] = value;
			if (!isFirst && workflowKey in workflowData) delete workflowData[workflowKey];
			nodeData.state = value;
		},
	};
}
