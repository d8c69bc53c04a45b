import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureN8n, waitFor } from '../../../dev/n8n';

const fileOf = (userFolder: string) => path.join(userFolder, '.n8n', 'database.sqlite');

/** Waits for n8n to write to its database. If it missed the write, the write is over by then. */
export async function databaseWrite(userFolder: string): Promise<void> {
	const log = `${fileOf(userFolder)}-wal`;
	const writtenAt = () => statSync(log, { bigint: true }).mtimeNs;
	const before = writtenAt();
	const options = { what: "a write to n8n's database", timeoutMs: 2000, everyMs: 1 };
	await waitFor(() => writtenAt() !== before, options).catch(() => undefined);
}

/**
 * Reads n8n's table of durable cursors, with the Node.js that runs n8n, because that one has a driver.
 *
 * @returns the ids of the workflows whose trigger has stored a position there
 */
export async function workflowsWithCursor(userFolder: string): Promise<string[]> {
	const { nodeBinary } = await ensureN8n();
	const script = `
		const { DatabaseSync } = require('node:sqlite');
		const database = new DatabaseSync(process.argv[1], { readOnly: true });
		const rows = database.prepare('SELECT "workflowId", "cursor" FROM "poller_state"').all();
		console.log(JSON.stringify(rows));`;
	const { stdout } = await promisify(execFile)(nodeBinary, ['-e', script, fileOf(userFolder)]);
	const rows = JSON.parse(stdout) as Array<{ workflowId: string; cursor: string }>;
	return rows
		.filter(({ cursor }) => /"watermark"/.test(cursor))
		.map(({ workflowId }) => workflowId);
}
