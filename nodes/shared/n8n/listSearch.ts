import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { type AuditClient, createClient } from '../signicat/client';
import { type MetadataTarget, nameOf, parseProperties, parseTargets } from '../signicat/parse';
import { LIST_SEARCH_RETRY } from '../signicat/retryPolicy';
import { extractValue } from '../parameters/resourceLocator';
import { toNodeError } from './nodeErrors';

/** The fields of an event (docs/api.md#audit-log), by which it is likely that it can be queried. */
const EVENT_FIELDS = [
	'accountId',
	'clientId',
	'eventType',
	'ipAddress',
	'jwtId',
	'message',
	'messageId',
	'organizationId',
	'referenceId',
	'sandbox',
	'serviceName',
	'timestamp',
	'traceId',
	'userId',
];

/** Fills the lists of both nodes from Signicat's metadata. A name can always be typed instead. */
export const listSearch = {
	async getTargets(this: ILoadOptionsFunctions, filter?: string) {
		return asResults(
			(await fetchTargets(this)).map(({ name }) => name),
			filter,
		);
	},

	async getServiceNames(this: ILoadOptionsFunctions, filter?: string) {
		const target = nameIn(this.getCurrentNodeParameter('target'));
		const targets = (await fetchTargets(this)).filter(({ name }) => !target || name === target);
		return asResults(
			targets.flatMap(({ services }) => services.map(({ name }) => name)),
			filter,
		);
	},

	async getEventTypes(this: ILoadOptionsFunctions, filter?: string) {
		const serviceName = chosen(this, 'serviceName');
		const services = (await fetchTargets(this)).flatMap(({ services }) => services);
		return asResults(
			services
				.filter(({ name }) => !serviceName || name === serviceName)
				.flatMap(({ eventTypes }) => eventTypes),
			filter,
		);
	},

	async getFields(this: ILoadOptionsFunctions, filter?: string) {
		const serviceName = chosen(this, 'serviceName');
		const eventType = chosen(this, 'eventType');
		const properties = serviceName
			? await withClient(
					this,
					async (client) => await propertyNames(client, serviceName, eventType),
				)
			: [];
		return asResults([...EVENT_FIELDS, ...properties], filter);
	},
};

/** The name in a parameter that may be half filled in; empty where there is none yet. */
function nameIn(value: unknown): string {
	const name = extractValue(value);
	return typeof name === 'string' || typeof name === 'number' ? String(name).trim() : '';
}

/** What is chosen for a name, as a parameter or among the filters. */
function chosen(context: ILoadOptionsFunctions, name: string): string {
	return (
		nameIn(context.getCurrentNodeParameter(name)) ||
		nameIn(context.getCurrentNodeParameter(`filters.${name}`))
	);
}

async function fetchTargets(context: ILoadOptionsFunctions): Promise<MetadataTarget[]> {
	return await withClient(context, targetsOf);
}

async function withClient<Result>(
	context: ILoadOptionsFunctions,
	use: (client: AuditClient) => Promise<Result>,
): Promise<Result> {
	try {
		return await use(await createClient(context, LIST_SEARCH_RETRY));
	} catch (error) {
		throw toNodeError(context, error);
	}
}

async function targetsOf(client: AuditClient): Promise<MetadataTarget[]> {
	return parseTargets(await client.getMetadata());
}

async function propertyNames(
	client: AuditClient,
	serviceName: string,
	eventType: string,
): Promise<string[]> {
	const targets = (await targetsOf(client)).filter(({ services }) =>
		services.some(({ name }) => name === serviceName),
	);
	const responses = await Promise.all(
		targets.map(
			async ({ name }) =>
				await client.getProperties({
					target: name,
					serviceName,
					...(eventType && { eventType }),
				}),
		),
	);
	return responses
		.flatMap((response) => parseProperties(response) ?? [])
		.flatMap((property) => nameOf(property, 'property') ?? []);
}

/** Each name once, in alphabetical order, those that contain the typed text. */
function asResults(names: string[], filter = ''): INodeListSearchResult {
	const typed = filter.trim().toLowerCase();
	const results = [...new Set(names)]
		.filter((name) => name.toLowerCase().includes(typed))
		.sort((a, b) => a.localeCompare(b))
		.map((name) => ({ name, value: name }));
	return { results };
}
