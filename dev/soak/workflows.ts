import type { INodeParameters } from 'n8n-workflow';
import type { WorkflowFile } from '../n8n';
import { auditNode, inSequence, nodeOf, triggerNode } from '../../test/e2e/support/workflows';

/** The operations that read beside the trigger. */
export const READERS: Record<string, INodeParameters> = {
	getMany: {
		operation: 'getAll',
		returnAll: true,
		output: 'selectedFields',
		outputFields: ['cursor'],
	},
	export: { operation: 'export' },
	summarize: { operation: 'summarize', groupBy: ['serviceName'] },
};

/** Polls every minute. Its executions are stored, to count what it returned. */
export const pollingWorkflow: WorkflowFile = inSequence(
	'Trigger',
	triggerNode({ pollTimes: { item: [{ mode: 'everyMinute' }] }, event: 'newEvent' }),
);

/** Runs on a request with a range, and responds with what it read. */
export function readingWorkflow(name: string): WorkflowFile {
	const webhook = nodeOf('Webhook', 'n8n-nodes-base.webhook', {
		typeVersion: 2,
		webhookId: name,
		parameters: {
			path: name,
			responseMode: 'lastNode',
			responseData: name === 'getMany' ? 'allEntries' : 'firstEntryJson',
			options: {},
		},
	});
	const read = auditNode('Read', {
		...READERS[name],
		period: 'custom',
		from: '={{ $json.query.from }}',
		to: '={{ $json.query.to }}',
		options: { pageSize: 500 },
	});
	const file = inSequence(name, webhook, read);
	// Only failures are stored: their messages are counted.
	return { ...file, settings: { ...file.settings, saveDataSuccessExecution: 'none' } };
}
