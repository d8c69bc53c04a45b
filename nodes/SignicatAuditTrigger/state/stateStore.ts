import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { shortHash, type StoredState } from './pollState';

/** How long n8n may take to write down what a poll gave, in ms. Polls come further apart. */
const PERSIST_GRACE_MS = 20_000;

/** The states that polls have just given events from, with the time, by the name of the node. */
const recentlyEmitted = new Map<string, { hash: string; atMs: number }>();

/** Where the state of one trigger lies, in either of n8n's polling engines. */
export interface StateStore {
	/** What n8n stored, of unknown shape; undefined at the first activation. */
	readonly stored: unknown;
	/** Whether a poll has just given events from this very state, which n8n has not yet replaced. */
	readonly isStale: boolean;
	/** Replaces the state. `startsExecution` says whether the poll starts an execution. */
	replace(state: StoredState, startsExecution: boolean): void;
}

/**
 * The state is the node's static data. Two gaps of the engine with durable cursors are closed here:
 *
 * - It stores nothing of the poll at the activation when that gives no events, so that events before
 *   the first scheduled poll would be missed. The workflow's static data, which n8n does save then,
 *   keeps the state until there is one of the node.
 * - It stores the state a moment after a poll that gives events, and may begin another one before
 *   (after a restart, for a poll that was missed). That one would give the same events again.
 *
 * @param name of the node, in all workflows
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
		// A clock that was set back says nothing.
		isStale: last?.hash === hash && ageMs >= 0 && ageMs < PERSIST_GRACE_MS,
		replace(state, startsExecution) {
			const value = state as unknown as IDataObject;
			if (startsExecution) recentlyEmitted.set(name, { hash, atMs: Date.now() });
			// With events, n8n writes the state of the node down together with the execution. Until it
			// has, what is in the workflow's data stays as it was: it may be written down before.
			if (isFirst && !startsExecution) workflowData[workflowKey] = value;
			if (!isFirst && workflowKey in workflowData) delete workflowData[workflowKey];
			nodeData.state = value;
		},
	};
}
