import { InvalidParameterError } from './invalidParameter';
import { isDateTime, kindOf } from './read';

const MAX_DEPTH = 50;
const MAX_VALUES = 20_000;

/**
 * A value as JSON would hold it, with date-times as ISO 8601 text. JSON would leave out what it
 * cannot hold; here it is refused.
 *
 * @param field the parameter's label
 * @param toNumber the number to send for a number, undefined to refuse it
 * @throws InvalidParameterError
 */
export function plainJson(
	value: unknown,
	field: string,
	toNumber: (number: number) => number | undefined,
): unknown {
	let count = 0;
	const refuse = (problem: string): never => {
		throw new InvalidParameterError(
			field,
			problem,
			'Use only text, numbers, true, false, null, and lists and objects of these.',
		);
	};
	const plain = (node: unknown, depth: number): unknown => {
		if (depth > MAX_DEPTH) return refuse(`nested more than ${MAX_DEPTH} levels deep`);
		if (++count > MAX_VALUES) return refuse('contains too many values');
		if (node === null || typeof node === 'boolean') return node;
		if (typeof node === 'string') {
			return /\p{Surrogate}/u.test(node) ? refuse('contains an incomplete character') : node;
		}
		if (typeof node === 'number') {
			return toNumber(node) ?? refuse('contains NaN, which is not a number');
		}
		if (isDateTime(node)) {
			const milliseconds = 'toMillis' in node ? node.toMillis() : node.getTime();
			const isDate = Math.abs(milliseconds) <= 8.64e15;
			return isDate ? new Date(milliseconds).toISOString() : refuse('contains an invalid date');
		}
		if (Array.isArray(node)) return node.map((element) => plain(element, depth + 1));
		if (typeof node !== 'object') {
			return refuse(
				node === undefined ? 'contains an undefined value' : `contains ${kindOf(node)}`,
			);
		}
		return Object.fromEntries(
			Object.entries(node).map(([key, element]) => [key, plain(element, depth + 1)]),
		);
	};
	return plain(value, 0);
}
