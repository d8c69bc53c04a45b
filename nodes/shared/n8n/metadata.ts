import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { type AuditClient, createClient } from '../signicat/client';
import type { PropertiesQuery } from '../signicat/endpoints';
import { type MetadataTarget, nameOf, parseProperties, parseTargets } from '../signicat/parse';
import { LIST_SEARCH_RETRY } from '../signicat/retryPolicy';
import { toNodeError } from './nodeErrors';

/** The most requests for the properties of one list. What they do not cover can be typed. */
const MAX_PROPERTY_REQUESTS = 20;

/** The services and event types that are chosen. An empty set means that there is no choice. */
export interface ChosenNames {
	serviceNames: ReadonlySet<string>;
	eventTypes: ReadonlySet<string>;
}

/**
 * The targets that can be queried, with their services and event types.
 *
 * @throws NodeApiError or NodeOperationError with a message for the editor
 */
export async function fetchTargets(context: ILoadOptionsFunctions): Promise<MetadataTarget[]> {
	return await withClient(context, targetsOf);
}

/** The event types of the chosen services. */
export function eventTypesOf(
	targets: readonly MetadataTarget[],
	{ serviceNames }: Pick<ChosenNames, 'serviceNames'>,
): string[] {
	return targets
		.flatMap(({ services }) => services)
		.filter(({ name }) => serviceNames.size === 0 || serviceNames.has(name))
		.flatMap(({ eventTypes }) => eventTypes);
}

/**
 * The names of the properties of the chosen services and event types; none if nothing is chosen, because the
 * API only knows the properties of a service.
 *
 * @throws NodeApiError or NodeOperationError with a message for the editor
 */
export async function fetchPropertyNames(
	context: ILoadOptionsFunctions,
	chosen: ChosenNames,
): Promise<string[]> {
	if (chosen.serviceNames.size === 0 && chosen.eventTypes.size === 0) return [];
	return await withClient(context, async (client) => {
		const queries = propertyQueries(await targetsOf(client), chosen);
		const responses = await Promise.all(
			queries
				.slice(0, MAX_PROPERTY_REQUESTS)
				.map(async (query) => await client.getProperties(query)),
		);
		return responses
			.flatMap((response) => parseProperties(response) ?? [])
			.flatMap((property) => nameOf(property, 'property') ?? []);
	});
}

/** One query per service: for its event type if exactly one of them is chosen, otherwise for all. */
function propertyQueries(
	targets: readonly MetadataTarget[],
	{ serviceNames, eventTypes }: ChosenNames,
): PropertiesQuery[] {
	return targets.flatMap(({ name: target, services }) =>
		services.flatMap((service) => {
			const own = service.eventTypes.filter((eventType) => eventTypes.has(eventType));
			const isChosen = serviceNames.size > 0 ? serviceNames.has(service.name) : own.length > 0;
			if (!isChosen) return [];
			const [eventType] = own;
			const isOnly = own.length === 1 && eventType !== undefined;
			return [{ target, serviceName: service.name, ...(isOnly && { eventType }) }];
		}),
	);
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

/** Each name once, in alphabetical order, as entries of a list. */
export function asEntries(names: readonly string[]): Array<{ name: string; value: string }> {
	return [...new Set(names)]
		.sort((a, b) => a.localeCompare(b))
		.map((name) => ({ name, value: name }));
}
