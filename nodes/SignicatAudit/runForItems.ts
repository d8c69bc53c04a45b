import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { type AuditClient, createClient } from '../shared/signicat/client';
import { isStopped } from '../shared/signicat/context';
import { toNodeError } from '../shared/n8n/nodeErrors';
import { ACTION_RETRY } from '../shared/signicat/retryPolicy';
import { notify } from './notify';
import { readMaxConcurrency } from './parameters/concurrency';
import type { Operation, Task } from './operations/operation';

/** In the output item of a failure, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 2000;

/**
 * Runs an operation for every input item. The parameters of all items are checked before the first
 * request. Output items keep the order of the input and are linked to their input item. With Continue
 * On Fail, a failure affects only its own item.
 */
export async function runForItems(
	context: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const results: INodeExecutionData[][] = [];
	const tasks: Array<{ itemIndex: number; task: Task }> = [];
	context.getInputData().forEach((_item, itemIndex) => {
		try {
			tasks.push({ itemIndex, task: operation.prepare(context, itemIndex) });
		} catch (cause) {
			results[itemIndex] = failedItem(context, cause, { itemIndex });
		}
	});
	const [first] = tasks;
	if (!first) return results.flat();

	const maxConcurrency = maxConcurrencyOf(context, { operation, itemIndex: first.itemIndex });
	const skipped = { entries: 0 };
	const client = countSkipped(
		await createClient(context, ACTION_RETRY, { maxConcurrency }),
		skipped,
	);
	try {
		// The first request runs alone: it fetches the access token that the others share.
		await runNext(context, client, { tasks, results });
		const workers = operation.itemsInParallel ? maxConcurrency : 1;
		await Promise.all(
			Array.from({ length: Math.min(workers, tasks.length) }, async () => {
				while (tasks.length > 0) await runNext(context, client, { tasks, results });
			}),
		);
	} finally {
		if (skipped.entries > 0) reportSkipped(context, skipped.entries);
	}
	return results.flat();
}

/** Wraps a client so that it counts the entries that are not events. */
function countSkipped(client: AuditClient, skipped: { entries: number }): AuditClient {
	return {
		...client,
		async fetchPage(...query) {
			const page = await client.fetchPage(...query);
			skipped.entries += page.skipped ?? 0;
			return page;
		},
	};
}

/** Warns once per run that entries were skipped. */
function reportSkipped(context: IExecuteFunctions, entries: number): void {
	const what =
		entries === 1 ? '1 entry that is not an event' : `${entries} entries that are not events`;
	const message = `Signicat returned ${what}. The output does not include ${entries === 1 ? 'it' : 'them'}.`;
	notify(context, message, { type: 'warning' });
}

/** The value of the option, which `prepare` has checked; the default if the operation has no options. */
function maxConcurrencyOf(
	context: IExecuteFunctions,
	{ operation, itemIndex }: { operation: Operation; itemIndex: number },
): number {
	const hasOptions = operation.properties.some(({ name }) => name === 'options');
	const options: IDataObject = hasOptions ? context.getNodeParameter('options', itemIndex, {}) : {};
	return readMaxConcurrency(options.maxConcurrency);
}

interface Work {
	tasks: Array<{ itemIndex: number; task: Task }>;
	results: INodeExecutionData[][];
}

async function runNext(
	context: IExecuteFunctions,
	client: AuditClient,
	{ tasks, results }: Work,
): Promise<void> {
	const next = tasks.shift();
	if (!next) return;
	const { itemIndex, task } = next;
	try {
		const items: INodeExecutionData[] = await task(client);
		const pairedItem = { item: itemIndex };
		// Set on the items themselves, which are new, because copying very many of them takes long.
		for (const item of items) item.pairedItem = pairedItem;
		results[itemIndex] = items;
	} catch (cause) {
		// If the failure ends the node, the other workers should not start anything.
		if (!context.continueOnFail() || isStopped(context)) tasks.length = 0;
		results[itemIndex] = failedItem(context, cause, { itemIndex });
	}
}

/** The output for an item that failed if the node is set to continue; otherwise throws the error. */
function failedItem(
	context: IExecuteFunctions,
	cause: unknown,
	{ itemIndex }: { itemIndex: number },
): INodeExecutionData[] {
	const error = toNodeError(context, cause, itemIndex);
	// A stopped execution ends here, even if the node is set to continue.
	if (!context.continueOnFail() || isStopped(context)) throw error;
	const json: IDataObject = { error: truncate(error.message) };
	const { description } = error;
	const { traceId } = error.context;
	if (typeof description === 'string' && description !== '') {
		json.description = truncate(description);
	}
	if (typeof traceId === 'string' && traceId !== '') json.traceId = truncate(traceId);
	const item: INodeExecutionData = { json, pairedItem: { item: itemIndex } };
	if (context.getNode().onError === 'continueErrorOutput') {
		// n8n sends items that have an error to the error output. If it still found the error there, it would
		// replace the JSON with the message, so the property is not enumerable and not copied with the item.
		Object.defineProperty(item, 'error', { value: error, writable: true, configurable: true });
	}
	return [item];
}

function truncate(text: string): string {
	return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
