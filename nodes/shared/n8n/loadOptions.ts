import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { chosenNames } from './chosenNames';
import { listSearch } from './listSearch';
import { asEntries, eventTypesOf, fetchTargets } from './metadata';

/** The fields of an event by which it cannot be queried, but which can be returned. */
const MORE_FIELDS = ['data', 'expiresAt', 'indexedData', 'mayHaveMoreData'];

/** Fills the multi-selects of both nodes from Signicat's metadata. */
export const loadOptions = {
	async getServiceNames(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const targets = await fetchTargets(this);
		return asEntries(targets.flatMap(({ services }) => services.map(({ name }) => name)));
	},

	async getEventTypes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const serviceNames = chosenNames(this, 'serviceName');
		return asEntries(eventTypesOf(await fetchTargets(this), { serviceNames }));
	},

	/**
	 * The fields of an event, and the properties of the service and event type that are chosen in Filters. The
	 * cursor is not among them, because it is always returned.
	 */
	async getOutputFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const { results } = await listSearch.getFields.call(this);
		return asEntries([...MORE_FIELDS, ...results.map(({ value }) => String(value))]);
	},
};
