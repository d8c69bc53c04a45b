/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- sets what n8n-core reads once, when it is loaded */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Imported before n8n-core: the file that n8n's own logger writes to, from level info on. */
export const LOG_FILE = path.join(mkdtempSync(path.join(tmpdir(), 'n8n-log-')), 'n8n.log');

process.env.N8N_LOG_LEVEL = 'info';
process.env.N8N_LOG_OUTPUT = 'file';
process.env.N8N_LOG_FILE_LOCATION = LOG_FILE;
