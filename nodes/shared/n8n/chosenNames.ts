import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { readList } from '../parameters/readList';
import { extractValue } from '../parameters/resourceLocator';

/** The name in a parameter that may be half filled in; empty if there is none yet. */
export function chosenName(context: ILoadOptionsFunctions, path: string): string {
	return nameOf(extractValue(context.getCurrentNodeParameter(path)));
}

/** The names in a filter that may be half filled in. A filter that cannot be read names nothing yet. */
export function chosenNames(context: ILoadOptionsFunctions, filter: string): Set<string> {
	const value: unknown = context.getCurrentNodeParameter(`filters.${filter}`);
	return new Set(
		listOf(filter, value)
			.map(nameOf)
			.filter((name) => name !== ''),
	);
}

function listOf(filter: string, value: unknown): unknown[] {
	try {
		return readList(filter, value);
	} catch {
		return [];
	}
}

function nameOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
