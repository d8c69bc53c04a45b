import { hasExactNumbers } from '../model/exactNumber';
import { InvalidParameterError } from './invalidParameter';
import { isDateTime, kindOf } from './valueKind';
import { exactNumber, inexactNumber } from './readNumber';

/** The longest JSON text, in UTF-16 code units. */
export const MAX_JSON_LENGTH = 100_000;

const MAX_DEPTH = 50;
const MAX_VALUES = 20_000;

const ADVICE = `Enter JSON, for example ["a", "b"], {"key": 1} or "text" with its quotes, or change 'Value Type'.`;

/**
 * Reads JSON text, or a value that an expression returns, as a JSON value. Date-times become ISO 8601
 * text. What JSON.stringify would omit, because JSON cannot hold it, is rejected.
 *
 * @throws InvalidParameterError
 */
export function readJson(
	field: string,
	value: unknown,
	{ advice = ADVICE }: { advice?: string } = {},
): unknown {
	return typeof value === 'string'
		? toJson(field, parseText(field, value, { advice }), { toNumber: (number) => number + 0 })
		: toJson(field, value, { toNumber: (number) => exactNumber(field, number) });
}

function parseText(field: string, text: string, { advice }: { advice: string }): unknown {
	if (text.length > MAX_JSON_LENGTH) {
		throw new InvalidParameterError(
			field,
			`longer than ${MAX_JSON_LENGTH.toLocaleString('en-US')} characters`,
			{ description: 'Enter shorter JSON.' },
		);
	}
	const parsed = tryJson(text);
	if (!parsed) {
		throw new InvalidParameterError(field, 'not valid JSON', { description: advice });
	}
	if (!hasExactNumbers(text)) throw inexactNumber(field);
	return parsed.value;
}

function tryJson(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

interface JsonOptions {
	/** The number to use; undefined to reject it. */
	toNumber: (number: number) => number | undefined;
}

function toJson(field: string, root: unknown, { toNumber }: JsonOptions): unknown {
	let count = 0;
	const reject = (problem: string): never => {
		throw new InvalidParameterError(field, problem, {
			description: 'Use only text, numbers, true, false, null, and lists and objects of these.',
		});
	};
	const plain = (value: unknown, depth: number): unknown => {
		if (depth > MAX_DEPTH) return reject(`nested more than ${MAX_DEPTH} levels deep`);
		if (++count > MAX_VALUES) return reject('contains too many values');
		if (value === null || typeof value === 'boolean') return value;
		if (typeof value === 'string') {
			return /\p{Surrogate}/u.test(value) ? reject('contains an incomplete character') : value;
		}
		if (typeof value === 'number') {
			return toNumber(value) ?? reject('contains NaN, which is not a number');
		}
		if (isDateTime(value)) {
			const milliseconds = 'toMillis' in value ? value.toMillis() : value.getTime();
			const isDate = Math.abs(milliseconds) <= 8.64e15;
			return isDate ? new Date(milliseconds).toISOString() : reject('contains an invalid date');
		}
		if (Array.isArray(value)) return value.map((element) => plain(element, depth + 1));
		if (typeof value !== 'object') {
			return reject(
				value === undefined ? 'contains an undefined value' : `contains ${kindOf(value)}`,
			);
		}
		// Of a Map, a Set and the like, JSON has nothing.
		if (Object.prototype.toString.call(value) !== '[object Object]') {
			return reject('contains an object of a special type');
		}
		return Object.fromEntries(
			Object.entries(value).map(([key, element]) => [key, plain(element, depth + 1)]),
		);
	};
	return plain(root, 0);
}
