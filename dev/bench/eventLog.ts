import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../n8n';

interface Message {
	ts: string;
	eventName: string;
	payload: { workflowId: string; nodeName: string };
}

/**
 * How long nodes took, according to n8n's own event log. This way, an execution with 100,000 events can be timed
 * without being stored.
 */
export class NodeTimes {
	private readonly file: string;

	constructor(userFolder: string) {
		this.file = path.join(userFolder, '.n8n', 'n8nEventLog.log');
	}

	/** @returns ms between the start and the end of a node in the latest execution of a workflow */
	async latest(workflowId: string, nodeName: string): Promise<number> {
		// n8n writes the log in a separate thread, a moment later.
		return await waitFor(
			async () => {
				const messages = (await readFile(this.file, 'utf8'))
					.split('\n')
					.filter((line) => line.includes(workflowId) && line.includes('n8n.node.'))
					.map((line) => JSON.parse(line) as Message)
					.filter(({ payload }) => payload.nodeName === nodeName);
				const last = messages.at(-1);
				const before = messages.at(-2);
				if (last?.eventName !== 'n8n.node.finished' || !before) return undefined;
				return Date.parse(last.ts) - Date.parse(before.ts);
			},
			{ what: `the end of node "${nodeName}" in n8n's event log`, everyMs: 20 },
		);
	}
}
