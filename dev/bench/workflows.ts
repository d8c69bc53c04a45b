import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters } from 'n8n-workflow';
import { fromTicks, type Ticks, toTicks } from '../audit-api/instant';
import type { WorkflowFile } from '../n8n';
import { present } from '../../test/support/present';

const CREDENTIAL_TYPE = 'signicatOAuth2Api';

export interface Range {
	from: string;
	to: string;
}

/** Where the events of most logs lie. */
export const MONTH: Range = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z' };

/** A workflow that runs on a request to its webhook, and responds with `count`. Its executions are not stored. */
export interface MeasuredWorkflow extends WorkflowFile {
	path: string;
	/** The nodes whose time is measured. */
	measured: string[];
}

const node = (name: string, type: string, parameters: INodeParameters, rest = {}): INode => ({
	id: randomUUID(),
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters,
	...rest,
});

const credentials = { [CREDENTIAL_TYPE]: { id: '', name: '' } };

const audit = (name: string, parameters: INodeParameters): INode =>
	node(name, 'n8n-nodes-signicat-audit.signicatAudit', parameters, { credentials });

const httpRequest = (name: string, parameters: INodeParameters): INode =>
	node(
		name,
		'n8n-nodes-base.httpRequest',
		{
			authentication: 'predefinedCredentialType',
			nodeCredentialType: CREDENTIAL_TYPE,
			...parameters,
		},
		{ typeVersion: 4.2, credentials },
	);

function measured(name: string, nodes: INode[], count: string, times: string[]): MeasuredWorkflow {
	const path = randomUUID();
	const webhook = node(
		'Webhook',
		'n8n-nodes-base.webhook',
		{ path, responseMode: 'lastNode', options: {} },
		{ typeVersion: 2, webhookId: path },
	);
	const answer = node(
		'Answer',
		'n8n-nodes-base.set',
		{
			assignments: {
				assignments: [{ id: 'count', name: 'count', type: 'number', value: `={{ ${count} }}` }],
			},
			options: {},
		},
		{ typeVersion: 3.4, executeOnce: true },
	);
	const all = [webhook, ...nodes, answer];
	const connections: WorkflowFile['connections'] = {};
	all.slice(1).forEach((next, index) => {
		connections[present(all[index]).name] = {
			main: [[{ node: next.name, type: 'main', index: 0 }]],
		};
	});
	const settings = {
		executionOrder: 'v1',
		saveDataSuccessExecution: 'none',
		saveDataErrorExecution: 'none',
	};
	return { name, nodes: all, connections, settings, path, measured: times };
}

const COUNT_ITEMS = '$input.all().length';

/**
 * For more items than an expression may hold: the position of the last one in a long log that is read from its newest
 * event on. Counting hundreds of thousands of items in n8n would take more memory than holding them.
 */
const POSITION_OF_LAST = "Number($json.cursor.replace('long-', '')) + 1";

const lastItem = (): INode =>
	node('Last', 'n8n-nodes-base.limit', { maxItems: 1, keep: 'lastItems' });

const range = ({ from, to }: Range): INodeParameters => ({ period: 'custom', from, to });

/** With this package: one node. `output` is `raw`, so that both sides return the same items. */
export function getMany(where: Range, options: INodeParameters = {}): MeasuredWorkflow {
	return measured('Get Many', [reading(where, options)], COUNT_ITEMS, ['Read']);
}

/** The same of a long log. */
export function getManyOfLong(where: Range, options: INodeParameters = {}): MeasuredWorkflow {
	return measured('Get Many', [reading(where, options), lastItem()], POSITION_OF_LAST, ['Read']);
}

function reading(where: Range, options: INodeParameters = {}): INode {
	const parameters = { resource: 'event', operation: 'getAll', returnAll: true, output: 'raw' };
	return audit('Read', { ...parameters, ...range(where), options });
}

/** Without this package: HTTP Request follows `next`, and Split Out turns the pages into items. */
export function httpRequestPages(baseUrl: string, where: Range): MeasuredWorkflow {
	return measured('HTTP Request', pages(baseUrl, where), COUNT_ITEMS, ['Read', 'Split']);
}

/** The same of a long log. */
export function httpRequestPagesOfLong(baseUrl: string, where: Range): MeasuredWorkflow {
	const nodes = [...pages(baseUrl, where), lastItem()];
	return measured('HTTP Request', nodes, POSITION_OF_LAST, ['Read', 'Split']);
}

function pages(baseUrl: string, where: Range): INode[] {
	const request = httpRequest('Read', {
		method: 'POST',
		url: `${baseUrl}/audit/query?limit=1000`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: JSON.stringify({ and: null, ...where }),
		options: {
			pagination: {
				pagination: {
					paginationMode: 'responseContainsNextURL',
					nextURL: '={{ $response.body.next }}',
					paginationCompleteWhen: 'other',
					completeExpression: '={{ !$response.body.next }}',
				},
			},
		},
	});
	const split = node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'data', options: {} });
	return [request, split];
}

const someEvents = (where: Range, limit: number): INode =>
	audit('Cursors', { resource: 'event', operation: 'getAll', limit, ...range(where) });

export function getEach(where: Range, limit: number): MeasuredWorkflow {
	const get = { resource: 'event', operation: 'get', cursor: '={{ $json.cursor }}' };
	const reading = audit('Read', { ...get, output: 'raw' });
	return measured('Get', [someEvents(where, limit), reading], COUNT_ITEMS, ['Read']);
}

/** Batches of `batchSize` requests, one batch every `intervalMs`. */
export function httpRequestEach(
	baseUrl: string,
	where: Range,
	{ limit, batchSize, intervalMs }: { limit: number; batchSize: number; intervalMs: number },
): MeasuredWorkflow {
	const reading = httpRequest('Read', {
		url: `=${baseUrl}/audit/query/cursor/{{ encodeURIComponent($json.cursor) }}`,
		options: { batching: { batch: { batchSize, batchInterval: intervalMs } } },
	});
	return measured('HTTP Request each', [someEvents(where, limit), reading], COUNT_ITEMS, ['Read']);
}

export function exportToFile(where: Range, options: INodeParameters = {}): MeasuredWorkflow {
	const parameters = { resource: 'event', operation: 'export', format: 'ndjson' };
	const reading = audit('Read', { ...parameters, ...range(where), options });
	return measured('Export', [reading], '$json.count', ['Read']);
}

export function summarize(where: Range): MeasuredWorkflow {
	const reading = audit('Read', { resource: 'event', operation: 'summarize', ...range(where) });
	return measured('Summarize', [reading], '$json.total', ['Read']);
}

/** Compares the second half of a range with the first one, so that all of its events are counted. */
export function summarizeCompared({ from, to }: Range): MeasuredWorkflow {
	const [start, end] = [from, to].map((at) => present(toTicks(at))) as [Ticks, Ticks];
	const middle = fromTicks(start + (end - start) / 2n);
	const reading = audit('Read', {
		resource: 'event',
		operation: 'summarize',
		...range({ from: middle, to }),
		options: { compareWith: 'previousPeriod' },
	});
	return measured('Summarize with Compare With', [reading], '$json.total + $json.previousTotal', [
		'Read',
	]);
}
