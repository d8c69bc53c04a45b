import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { chosenNames } from './chosenNames';
import { asEntries, eventTypesOf, fetchTargets } from './metadata';

/** Fills the multi-selects of 'Filters', in both nodes, from Signicat's metadata. */
export const loadOptions = {
	async getServiceNames(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const targets = await fetchTargets(this);
		return asEntries(targets.flatMap(({ services }) => services.map(({ name }) => name)));
	},

	async getEventTypes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const serviceNames = chosenNames(this, 'serviceName');
		return asEntries(eventTypesOf(await fetchTargets(this), { serviceNames }));
	},
};
