import { isRecord } from './answer.mjs';

/** Longer names, and names with digits, may be somebody's data used as a key. */
const FIELD_NAME = /^[A-Za-z_]{1,40}$/;
const MOST_NAMES = 20;

/** @returns {string} a JSON type; numbers without a fraction are integers */
export function typeOf(value) {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'list';
	if (Number.isInteger(value)) return 'integer';
	return typeof value;
}

/** Names as they are where they look like names; the others are counted. */
export function listNames(names) {
	const shown = names.filter((name) => FIELD_NAME.test(name)).slice(0, MOST_NAMES);
	const others = names.length - shown.length;
	return [...shown, ...(others > 0 ? [`${others} not shown`] : [])].join(', ');
}

/**
 * The shape that values have in common, without any value. The keys of objects in lists are field
 * names and are shown; an object on its own can be a map, so that its keys are only counted.
 *
 * @param {unknown[]} values
 */
export function shapeOf(values, isInList = true) {
	const types = [...new Set(values.map(typeOf))].sort();
	return types.map((type) => shapeOfType(values, type, isInList)).join(' or ') || 'nothing';
}

function shapeOfType(values, type, isInList) {
	if (type === 'list') {
		const elements = values.filter(Array.isArray).flat();
		return elements.length > 0 ? `list of (${shapeOf(elements)})` : 'empty list';
	}
	if (type !== 'object') return type;
	const objects = values.filter(isRecord);
	const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
	if (!isInList) return `object with ${names.length} keys`;
	const shown = names.filter((name) => FIELD_NAME.test(name)).slice(0, MOST_NAMES);
	const fields = shown.map((name) => {
		const present = objects.filter((one) => Object.hasOwn(one, name)).map((one) => one[name]);
		return `${name}: ${shapeOf(present, false)}`;
	});
	if (names.length > shown.length) fields.push(`${names.length - shown.length} not shown`);
	return `{ ${fields.join(', ')} }`;
}
