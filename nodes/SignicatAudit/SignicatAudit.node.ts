import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { CREDENTIAL_TYPE } from '../shared/signicat/context';
import { toNodeError } from '../shared/n8n/nodeErrors';
import { listSearch } from '../shared/n8n/listSearch';
import { findOperation, operationProperties } from './operations';
import type { Operation } from './operations/operation';
import { runForItems } from './runForItems';

export class SignicatAudit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Signicat Audit',
		name: 'signicatAudit',
		icon: {
			light: 'file:../../icons/signicatAudit.svg',
			dark: 'file:../../icons/signicatAudit.dark.svg',
		},
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Look up, export and summarize events in the audit log of a Signicat account',
		defaults: { name: 'Signicat Audit' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'event',
				options: [
					{ name: 'Event', value: 'event' },
					{ name: 'Metadata', value: 'metadata' },
					{ name: 'Property', value: 'property' },
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['event'] } },
				default: 'getAll',
				options: [
					{
						name: 'Export to File',
						value: 'export',
						description: 'Write all events in a period to a file',
						action: 'Export events to file',
						// n8n gives an AI agent the JSON of a tool, and drops its file.
						displayOptions: { show: { '@tool': [false] } },
					},
					{
						name: 'Get',
						value: 'get',
						description: 'Get the full event for a cursor',
						action: 'Get event',
					},
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'Get many events in a period',
						action: 'Get many events',
					},
					{
						name: 'Summarize',
						value: 'summarize',
						description: 'Count events, grouped by the fields you choose',
						action: 'Summarize events',
					},
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['metadata'] } },
				default: 'get',
				options: [
					{
						name: 'Get',
						value: 'get',
						description: 'Get the available targets, services and event types',
						action: 'Get metadata',
					},
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['property'] } },
				default: 'getAll',
				options: [
					{
						name: 'Get Many',
						value: 'getAll',
						description: 'Get many properties that events can be filtered by',
						action: 'Get many properties',
					},
				],
			},
			...operationProperties,
		],
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runForItems(this, chosenOperation(this))];
	}
}

function chosenOperation(context: IExecuteFunctions): Operation {
	try {
		return findOperation(
			context.getNodeParameter('resource', 0, ''),
			context.getNodeParameter('operation', 0, ''),
		);
	} catch (error) {
		throw toNodeError(context, error);
	}
}
