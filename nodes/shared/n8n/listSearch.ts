import { type ILoadOptionsFunctions, type INodeListSearchResult, NodeApiError } from 'n8n-workflow';
import { EVENT_FIELDS } from '../model/eventFields';
import { chosenName, chosenNames } from './chosenNames';
import { asEntries, eventTypesOf, fetchPropertyNames, fetchTargets } from './metadata';

const ADVICE = "To enter the name, choose 'Name' instead of 'From List'.";

/** Fills the lists of both nodes' resource locators from Signicat's metadata. A name can always be typed instead. */
export const listSearch = {
	async getTargets(this: ILoadOptionsFunctions, filter?: string) {
		const targets = await advised(fetchTargets(this));
		return asResults(
			targets.map(({ name }) => name),
			filter,
		);
	},

	async getServiceNames(this: ILoadOptionsFunctions, filter?: string) {
		const target = chosenName(this, 'target');
		const all = await advised(fetchTargets(this));
		const targets = all.filter(({ name }) => !target || name === target);
		return asResults(
			targets.flatMap(({ services }) => services.map(({ name }) => name)),
			filter,
		);
	},

	async getEventTypes(this: ILoadOptionsFunctions, filter?: string) {
		const serviceName = chosenName(this, 'serviceName');
		const serviceNames = new Set(serviceName ? [serviceName] : []);
		const targets = await advised(fetchTargets(this));
		return asResults(eventTypesOf(targets, { serviceNames }), filter);
	},

	async getFields(this: ILoadOptionsFunctions, filter?: string) {
		const properties = await advised(
			fetchPropertyNames(this, {
				serviceNames: chosenNames(this, 'serviceName'),
				eventTypes: chosenNames(this, 'eventType'),
			}),
		);
		return asResults([...EVENT_FIELDS.keys(), ...properties], filter);
	},
};

/** Those names that contain the typed text. */
function asResults(names: readonly string[], filter = ''): INodeListSearchResult {
	const typed = filter.trim().toLowerCase();
	return { results: asEntries(names.filter((name) => name.toLowerCase().includes(typed))) };
}

/** If the list cannot be loaded, its error also says how to do without. That comes first: n8n shows only the beginning. */
async function advised<Names>(names: Promise<Names>): Promise<Names> {
	return await names.catch(async (error: unknown) => {
		if (error instanceof NodeApiError) error.description = `${ADVICE} ${error.description ?? ''}`;
		return await Promise.reject(error);
	});
}
