import { InvalidParameterError } from './invalid';
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
	const plain = (one: unknown, depth: number): unknown => {
		if (depth > MAX_DEPTH) return refuse(`nested more than ${MAX_DEPTH} levels deep`);
		if (++count > MAX_VALUES) return refuse('contains too many values');
		if (one === null || typeof one === 'boolean') return one;
		if (typeof one === 'string') {
			return /\p{Surrogate}/u.test(one) ? refuse('contains an incomplete character') : one;
		}
		if (typeof one === 'number') {
			return toNumber(one) ?? refuse('contains NaN, which is not a number');
		}
		if (isDateTime(one)) {
			const milliseconds = 'toMillis' in one ? one.toMillis() : one.getTime();
			const isDate = Math.abs(milliseconds) <= 8.64e15;
			return isDate ? new Date(milliseconds).toISOString() : refuse('contains an invalid date');
		}
		if (Array.isArray(one)) return one.map((element) => plain(element, depth + 1));
		if (typeof one !== 'object') {
			return refuse(one === undefined ? 'contains an undefined value' : `contains ${kindOf(one)}`);
		}
		return Object.fromEntries(
			Object.entries(one).map(([key, element]) => [key, plain(element, depth + 1)]),
		);
	};
	return plain(value, 0);
}
