import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Has to be imported before n8n-core: the file that n8n's own logger writes to, from level info up. */
export const LOG_FILE = path.join(mkdtempSync(path.join(tmpdir(), 'n8n-log-')), 'n8n.log');

process.env.N8N_LOG_LEVEL = 'info';
process.env.N8N_LOG_OUTPUT = 'file';
process.env.N8N_LOG_FILE_LOCATION = LOG_FILE;

export function readLog(): string {
	return existsSync(LOG_FILE) ? readFileSync(LOG_FILE, 'utf8') : '';
}

/** The complete log: n8n writes it in several steps, a moment later. */
export async function settledLog(): Promise<string> {
	for (let before = readLog(), quiet = 0; ; before = readLog()) {
		await delay(100);
		quiet = before === readLog() ? quiet + 1 : 0;
		if (quiet >= 5) return before;
	}
}
