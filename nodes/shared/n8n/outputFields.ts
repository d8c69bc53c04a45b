import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { listSearch } from './listSearch';

/** The fields of an event by which it cannot be queried, but which can be returned. */
const MORE_FIELDS = ['data', 'expiresAt', 'indexedData', 'mayHaveMoreData'];

/**
 * The fields of an event, and the properties of the service and event type that are chosen in Filters. The
 * cursor is not among them, because it is always returned.
 */
export async function getOutputFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const { results } = await listSearch.getFields.call(this);
	const names = [...MORE_FIELDS, ...results.map(({ value }) => String(value))];
	return [...new Set(names)]
		.sort((a, b) => a.localeCompare(b))
		.map((name) => ({ name, value: name }));
}
