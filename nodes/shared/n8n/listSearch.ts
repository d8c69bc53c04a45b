import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { EVENT_FIELDS } from '../model/eventFields';
import { chosenName, chosenNames } from './chosenNames';
import { asEntries, eventTypesOf, fetchPropertyNames, fetchTargets } from './metadata';

/** Fills the lists of both nodes' resource locators from Signicat's metadata. A name can always be typed instead. */
export const listSearch = {
	async getTargets(this: ILoadOptionsFunctions, filter?: string) {
		const targets = await fetchTargets(this);
		return asResults(
			targets.map(({ name }) => name),
			filter,
		);
	},

	async getServiceNames(this: ILoadOptionsFunctions, filter?: string) {
		const target = chosenName(this, 'target');
		const targets = (await fetchTargets(this)).filter(({ name }) => !target || name === target);
		return asResults(
			targets.flatMap(({ services }) => services.map(({ name }) => name)),
			filter,
		);
	},

	async getEventTypes(this: ILoadOptionsFunctions, filter?: string) {
		const serviceName = chosenName(this, 'serviceName');
		const serviceNames = new Set(serviceName ? [serviceName] : []);
		return asResults(eventTypesOf(await fetchTargets(this), { serviceNames }), filter);
	},

	async getFields(this: ILoadOptionsFunctions, filter?: string) {
		const properties = await fetchPropertyNames(this, {
			serviceNames: chosenNames(this, 'serviceName'),
			eventTypes: chosenNames(this, 'eventType'),
		});
		return asResults([...EVENT_FIELDS.keys(), ...properties], filter);
	},
};

/** Those names that contain the typed text. */
function asResults(names: readonly string[], filter = ''): INodeListSearchResult {
	const typed = filter.trim().toLowerCase();
	return { results: asEntries(names.filter((name) => name.toLowerCase().includes(typed))) };
}
