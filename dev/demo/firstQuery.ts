import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatTable } from '../../scripts/lib/table';
import { itemsOf, type RunningN8n, type StoredCredential, type WorkflowFile } from '../n8n';

/** The workflow that the demo runs before anything else. */
export async function readFirstQuery(): Promise<WorkflowFile> {
	const file = path.join(__dirname, 'firstQuery.json');
	return JSON.parse(await readFile(file, 'utf8')) as WorkflowFile;
}

/**
 * Stores the first query, unless n8n has it, and runs it.
 *
 * @returns its events as a table
 * @throws Error with the reason, if it does not succeed
 */
export async function runFirstQuery(
	n8n: RunningN8n,
	credentials: StoredCredential[],
): Promise<string> {
	const workflow = await readFirstQuery();
	const known = (await n8n.workflows()).find(({ name }) => name === workflow.name);
	const { id } = known ?? (await n8n.importWorkflow(workflow, credentials));
	const execution = await n8n.runWorkflow(id);
	if (execution.status !== 'success') {
		const reason = execution.data.resultData.error?.message ?? execution.status;
		throw new Error(`The workflow "${workflow.name}" did not succeed: ${reason}`);
	}
	const events = itemsOf(execution, 'Get events');
	return (
		`\nThe newest ${events.length} events of the last 24 hours, read by the workflow "${workflow.name}":\n\n` +
		formatTable(events, ['timestamp', 'serviceName', 'eventType', 'userId', 'message'])
	);
}
