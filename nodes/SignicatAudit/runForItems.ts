import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { type AuditClient, createClient } from '../shared/signicat/client';
import { isStopped } from '../shared/signicat/context';
import { toNodeError } from '../shared/n8n/nodeErrors';
import { ACTION_PATIENCE } from '../shared/signicat/retryPolicy';
import { notify } from './notify';
import { readMaxConcurrency } from './parameters/concurrency';
import type { Operation, Task } from './operations/operation';

/** Characters of a text in the item of a failure. */
const MAX_TEXT = 2000;

/**
 * Runs an operation for every input item. The parameters of all items are checked before the first
 * request. Output items keep the order of the input and point back to their input item; with
 * Continue On Fail an item's failure is its own.
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
		await createClient(context, ACTION_PATIENCE, maxConcurrency),
		skipped,
	);
	try {
		// The first request goes alone: it brings the access token that the others share.
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

/** The same client, which counts the entries that are no events. */
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

/** Says once per run, in n8n's log and beside the output, that something was left out. */
function reportSkipped(context: IExecuteFunctions, entries: number): void {
	const what =
		entries === 1 ? '1 entry that is not an event' : `${entries} entries that are not events`;
	const message = `Signicat returned ${what}. The output does not include ${entries === 1 ? 'it' : 'them'}.`;
	notify(context, message, { type: 'warning' });
}

/** The option, which `prepare` has checked; its default where the operation has no options. */
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
		// Into the items themselves, which are new: there may be very many of them.
		for (const item of items) item.pairedItem = pairedItem;
		results[itemIndex] = items;
	} catch (cause) {
		// A failure that ends the node leaves nothing for the other workers to begin.
		if (!context.continueOnFail() || isStopped(context)) tasks.length = 0;
		results[itemIndex] = failedItem(context, cause, { itemIndex });
	}
}

/** The output for an item that failed, where the node is set to continue; otherwise throws. */
function failedItem(
	context: IExecuteFunctions,
	cause: unknown,
	{ itemIndex }: { itemIndex: number },
): INodeExecutionData[] {
	const error = toNodeError(context, cause, itemIndex);
	// A stopped execution has no further items, whatever the node does about failures.
	if (!context.continueOnFail() || isStopped(context)) throw error;
	const json: IDataObject = { error: shortened(error.message) };
	const { description } = error;
	const { traceId } = error.context;
	if (typeof description === 'string' && description !== '') {
		json.description = shortened(description);
	}
	if (typeof traceId === 'string' && traceId !== '') json.traceId = shortened(traceId);
	const item: INodeExecutionData = { json, pairedItem: { item: itemIndex } };
	if (context.getNode().onError === 'continueErrorOutput') {
		// By this n8n tells which items go to the error output. Where it still sees it afterwards, it leaves
		// nothing of the JSON but the message: so it is not copied with the item.
		Object.defineProperty(item, 'error', { value: error, writable: true, configurable: true });
	}
	return [item];
}

function shortened(text: string): string {
	return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
