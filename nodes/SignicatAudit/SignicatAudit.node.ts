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
import { loadOptions } from '../shared/n8n/loadOptions';
import { findOperation, nodeProperties } from './operations';
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
		properties: nodeProperties,
	};

	methods = { listSearch, loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runForItems(this, selectedOperation(this))];
	}
}

function selectedOperation(context: IExecuteFunctions): Operation {
	try {
		return findOperation(
			context.getNodeParameter('resource', 0, ''),
			context.getNodeParameter('operation', 0, ''),
		);
	} catch (error) {
		throw toNodeError(context, error);
	}
}
