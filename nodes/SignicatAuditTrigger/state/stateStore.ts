import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { shortHash, type StoredState } from './pollState';

/** How long n8n may take to write down what a poll gave, in ms. Polls come further apart. */
const WRITE_DOWN_MS = 20_000;

/** The states that polls have just given events from, with the time, by the name of the node. */
const givenFrom = new Map<string, { hash: string; at: number }>();

/** Where the state of one trigger lies, in either of n8n's polling engines. */
export interface StateStore {
	/** What n8n stored, of unknown shape; undefined at the first activation. */
	readonly stored: unknown;
	/** Whether a poll has just given events from this very state, which n8n has not yet replaced. */
	readonly isOutdated: boolean;
	/** Replaces the state. `gives` says whether the poll starts an execution. */
	replace(state: StoredState, gives: boolean): void;
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
	const own = context.getWorkflowStaticData('node');
	const shared = context.getWorkflowStaticData('global');
	// By the ID and the name: copied nodes can have the same ID, and n8n's default engine goes by the name.
	const sharedKey = `signicatAuditTrigger ${context.getNode().id} ${context.getNode().name}`;
	const isFirst = own.state === undefined;
	const stored = isFirst ? shared[sharedKey] : own.state;
	const hash = shortHash(JSON.stringify(stored) ?? '');
	const given = givenFrom.get(name);
	const ageMs = given ? Date.now() - given.at : Infinity;
	return {
		stored,
		// A clock that was set back says nothing.
		isOutdated: given?.hash === hash && ageMs >= 0 && ageMs < WRITE_DOWN_MS,
		replace(state, gives) {
			const value = state as unknown as IDataObject;
			if (gives) givenFrom.set(name, { hash, at: Date.now() });
			// With events, n8n writes the state of the node down together with the execution. Until it
			// has, what is in the workflow's data stays as it was: it may be written down before.
			if (isFirst && !gives) shared[sharedKey] = value;
			if (!isFirst && sharedKey in shared) delete shared[sharedKey];
			own.state = value;
		},
	};
}
