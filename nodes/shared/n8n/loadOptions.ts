import {
	type ILoadOptionsFunctions,
	type INodePropertyOptions,
	NodeOperationError,
} from 'n8n-workflow';
import { chosenNames } from './chosenNames';
import { listSearch } from './listSearch';
import { asEntries, eventTypesOf, fetchTargets } from './metadata';

/** The fields of an event by which it cannot be queried, but which can be returned. */
const MORE_FIELDS = ['data', 'expiresAt', 'indexedData', 'mayHaveMoreData'];

/** Fills the multi-selects of both nodes from Signicat's metadata. */
export const loadOptions = {
	async getServiceNames(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const targets = await advised(this, fetchTargets(this));
		return asEntries(targets.flatMap(({ services }) => services.map(({ name }) => name)));
	},

	async getEventTypes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const serviceNames = chosenNames(this, 'serviceName');
		return asEntries(eventTypesOf(await advised(this, fetchTargets(this)), { serviceNames }));
	},

	/**
	 * The fields of an event, and the properties of the service and event type that are chosen in Filters. The
	 * cursor is not among them, because it is always returned.
	 */
	async getOutputFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const { results } = await advised(this, listSearch.getFields.call(this));
		return asEntries([...MORE_FIELDS, ...results.map(({ value }) => String(value))]);
	},
};

/**
 * If the list cannot be loaded, its error also says how to do without. n8n shows nothing but the message of a
 * NodeOperationError here, and "[object Object]" in place of a NodeApiError.
 */
async function advised<Names>(
	context: ILoadOptionsFunctions,
	names: Promise<Names>,
): Promise<Names> {
	try {
		return await names;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new NodeOperationError(
			context.getNode(),
			`${reason}. To enter names, choose 'Expression' and separate them with commas.`,
		);
	}
}
