import { isRecord } from '../../nodes/shared/model/json';

/** Longer names, and names with digits, may be somebody's data used as a key. */
const FIELD_NAME = /^[A-Za-z_]{1,40}$/;
const MAX_NAMES = 20;

/** The JSON type, where numbers without a fraction are integers. */
export function typeOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'list';
	return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Names that look like field names, as `show` shows them; the others are counted. */
export function listNames(names: string[], show = (name: string): string => name): string {
	const shown = names.filter((name) => FIELD_NAME.test(name)).slice(0, MAX_NAMES);
	const others = names.length - shown.length;
	const parts = shown.map((name) => show(name));
	return (others > 0 ? [...parts, `${others} not shown`] : parts).join(', ');
}

/**
 * The shape that values have in common, without any value. The keys of objects in lists are field
 * names and are shown; an object on its own can be a map, so its keys are only counted.
 */
export function shapeOf(values: unknown[], isInList = true): string {
	const types = [...new Set(values.map(typeOf))].sort();
	return types.map((type) => shapeOfType(values, type, isInList)).join(' or ') || 'nothing';
}

function shapeOfType(values: unknown[], type: string, isInList: boolean): string {
	if (type === 'list') {
		const elements: unknown[] = values.filter(Array.isArray).flat();
		return elements.length > 0 ? `list of (${shapeOf(elements)})` : 'empty list';
	}
	if (type !== 'object') return type;
	const objects = values.filter(isRecord);
	const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
	if (!isInList) return `object with ${names.length} keys`;
	const valuesOf = (name: string) => objects.flatMap((one) => (name in one ? [one[name]] : []));
	return `{ ${listNames(names, (name) => `${name}: ${shapeOf(valuesOf(name), false)}`)} }`;
}
