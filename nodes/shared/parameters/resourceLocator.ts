import type { INodeProperties } from 'n8n-workflow';

interface LocatorOptions {
	displayName: string;
	name: string;
	description: string;
	/** The listSearch method that fills the list. */
	searchListMethod: string;
	placeholder: string;
	required?: boolean;
}

/** Shown if the list takes longer than `timeout`, in ms. A list that gives up takes 20 s. */
const SLOW_LOAD_NOTICE = {
	message: "If loading is slow, choose 'Name' and enter it",
	timeout: 5_000,
};

/** A parameter for a name that can be picked from Signicat's list, entered, or set by an expression. */
export function resourceLocator(options: LocatorOptions): INodeProperties {
	const { displayName, name, description, searchListMethod, placeholder, required } = options;
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description,
		...(required && { required }),
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true, slowLoadNotice: SLOW_LOAD_NOTICE },
			},
			{ displayName: 'Name', name: 'name', type: 'string', placeholder },
		],
	};
}

/** The value of a resource locator; any other value as it is. */
export function extractValue(value: unknown): unknown {
	const isLocator =
		typeof value === 'object' &&
		value !== null &&
		'mode' in value &&
		Object.keys(value).every((key) => LOCATOR_KEYS.has(key));
	return isLocator ? (value as { value?: unknown }).value : value;
}

const LOCATOR_KEYS = new Set([
	'__rl',
	'__regex',
	'mode',
	'value',
	'cachedResultName',
	'cachedResultUrl',
]);
