import { gunzipSync } from 'node:zlib';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { AuditApi, AuditOperation } from '../../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit, type RunResult } from '../engine';

export const PAGE_SIZE = 30;
/** The API's maximum page size, so that there are three pages. */
export const PAGE_CAP = 10;
export const EVENTS = 30;

/** The range of the events; the previous item has a range without any. */
export const SPAN = { from: '2026-11-01T00:00:00Z', to: '2026-11-21T00:00:00Z' };
const EMPTY = { from: '2026-09-01T00:00:00Z', to: '2026-09-01T00:01:00Z' };

export interface Action {
	name: string;
	on: AuditOperation;
	parameters: INodeParameters;
	items(api: AuditApi): IDataObject[];
	/** The output, in a comparable form. */
	read(result: RunResult): string[];
	/** The item of a request, counted from 0; and how many requests precede the tested places. */
	itemOf(request: number): number;
	skipped: number;
}

const cursors = ({ items }: RunResult) => items.map(({ json }) => idOf(json));
/** Includes the linked item, because each item has the same output. */
const whole = ({ items }: RunResult) => items.map((item) => JSON.stringify(item));
const idOf = (json: IDataObject) => String(json.cursor ?? JSON.stringify(json));

const reading: Omit<Action, 'name' | 'parameters'> = {
	on: 'query',
	items: () => [EMPTY, SPAN],
	read: cursors,
	itemOf: (request) => (request === 0 ? 0 : 1),
	skipped: 1,
};
const perItem: Omit<Action, 'name' | 'parameters' | 'on' | 'items'> = {
	read: whole,
	itemOf: (request) => request,
	skipped: 0,
};
const range = { period: 'custom', from: '={{ $json.from }}', to: '={{ $json.to }}' };
const getMany = {
	resource: 'event',
	operation: 'getAll',
	returnAll: true,
	output: 'raw',
	...range,
	options: { pageSize: PAGE_SIZE },
};

export const ACTIONS: Action[] = [
	{
		name: 'Get',
		on: 'item',
		parameters: {
			resource: 'event',
			operation: 'get',
			cursor: '={{ $json.cursor }}',
			output: 'raw',
			options: { maxConcurrency: 1 },
		},
		items: (api) => api.events.slice(0, 3).map(({ cursor }) => ({ cursor })),
		...perItem,
		read: cursors,
	},
	{ name: 'Get Many', parameters: getMany, ...reading },
	{
		name: 'Get Many, oldest first',
		parameters: { ...getMany, options: { pageSize: PAGE_SIZE, order: 'oldestFirst' } },
		...reading,
	},
	{
		name: 'Get Many with a limit',
		parameters: { ...getMany, returnAll: false, limit: EVENTS - 5 },
		...reading,
	},
	{
		name: 'Export to File',
		parameters: { ...getMany, operation: 'export', options: { pageSize: PAGE_SIZE, gzip: true } },
		...reading,
		read: ({ items }) =>
			items.flatMap(({ binary }) =>
				gunzipSync(Buffer.from(binary?.data?.data ?? '', 'base64'))
					.toString()
					.split('\n')
					.filter(Boolean)
					.map((line) => idOf(JSON.parse(line) as IDataObject)),
			),
	},
	{
		name: 'Summarize',
		parameters: { ...getMany, operation: 'summarize' },
		...reading,
		read: ({ items }) =>
			items.flatMap(({ json }) =>
				(json.groups as IDataObject[]).map(({ serviceName, eventType, count }) =>
					[serviceName, eventType, count].join(' '),
				),
			),
	},
	{
		name: 'Metadata: Get',
		on: 'metadata',
		parameters: { resource: 'metadata', operation: 'get' },
		items: () => [{}, {}, {}],
		...perItem,
	},
	{
		name: 'Property: Get Many',
		on: 'properties',
		parameters: {
			resource: 'property',
			operation: 'getAll',
			target: 'Default',
			serviceName: 'Broker',
			returnAll: true,
		},
		items: () => [{}, {}, {}],
		...perItem,
	},
];

export async function runAction(
	api: AuditApi,
	{ parameters, items }: Action,
	credential: CredentialStore = credentialFor(api),
): Promise<RunResult> {
	return await runAudit(credential, { parameters, items: items(api) });
}
