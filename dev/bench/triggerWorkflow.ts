import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowFile } from '../n8n';

function node(name: string, type: string, parameters: INodeParameters, rest = {}): INode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters, ...rest };
}

/** A trigger with default settings, and what sends the cursors of each execution to an address. Nothing is stored. */
export function triggerWorkflow(url: string): WorkflowFile {
	const nodes = [
		node(
			'Trigger',
			'n8n-nodes-signicat-audit.signicatAuditTrigger',
			{ pollTimes: { item: [{ mode: 'everyMinute' }] } },
			{ credentials: { signicatOAuth2Api: { id: '', name: '' } } },
		),
		node('Collect', 'n8n-nodes-base.aggregate', {
			fieldsToAggregate: { fieldToAggregate: [{ fieldToAggregate: 'cursor' }] },
		}),
		node(
			'Deliver',
			'n8n-nodes-base.httpRequest',
			{
				method: 'POST',
				url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ $json }}',
			},
			{ typeVersion: 4.2 },
		),
	];
	const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });
	return {
		name: 'Trigger',
		nodes,
		connections: { Trigger: to('Collect'), Collect: to('Deliver') },
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'all',
		},
	};
}
