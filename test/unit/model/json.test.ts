import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRecord, jsonText, parseJson } from '../../../nodes/shared/model/json';
import { runs } from '../../support/seed';

const digits = (maxLength: number) =>
	fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map((all) => all.join(''));

/** Numbers as JSON allows them, however unusual. */
const number = fc
	.tuple(
		fc.boolean(),
		fc.oneof(
			fc.constant('0'),
			digits(25).map((text) => text.replace(/^0+(?=.)/, '')),
		),
		fc.option(digits(25)),
		fc.option(fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(4))),
	)
	.map(
		([isNegative, whole, fraction, exponent]) =>
			`${isNegative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${exponent?.join('') ?? ''}`,
	);

/** JSON on one line, with everything in its strings that could be taken for a number or for an end. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 4 },
		number,
		fc.constantFrom('true', 'null', '1', '"a"'),
		fc
			.oneof(fc.string({ unit: 'binary' }), number, fc.constantFrom('\\', '"', ':1e5,', '[1.0'))
			.map((text) => JSON.stringify(text)),
		fc.array(tie('json'), { maxLength: 4 }).map((list) => `[${list.join(',')}]`),
		fc
			.uniqueArray(
				fc.tuple(
					// A key that is an index would be put before the others, as JavaScript has it.
					fc
						.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', '"', '\\'))
						.map((key) => `k${key}`),
					tie('json'),
				),
				{ maxLength: 4, selector: ([key]) => key },
			)
			.map(
				(list) => `{${list.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`,
			),
	),
}));

/** The same number, told by its digits and its power of ten. */
function valueOf(text: string): string {
	const [, sign, whole = '', fraction = '', exponent = '0'] =
		/^(-?)(\d+)(?:\.(\d+))?(?:e\+?(-?\d+))?$/i.exec(text) ?? [];
	let all = BigInt(whole + fraction);
	let power = BigInt(exponent) - BigInt(fraction.length);
	if (all === 0n) return '0';
	for (; all % 10n === 0n; all /= 10n) power++;
	return `${sign}${all}e${power}`;
}

describe('JSON from outside', () => {
	test('comes out as it came in, every number to the digit', () => {
		fc.assert(
			fc.property(json, (list) => {
				const text = `{"data":[${list}]}`;
				expect(jsonText(parseJson(text))).toBe(text);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('has numbers where a double holds them, and their text where it does not', () => {
		fc.assert(
			fc.property(number, (text) => {
				const [value] = parseJson(`[ ${text} ]`) as unknown[];
				const double = Number(text);
				const isHeld = Number.isFinite(double) && valueOf(String(double)) === valueOf(text);
				expect(value).toBe(isHeld ? double : text);
			}),
			{ numRuns: runs(500) },
		);
	});

	test.each([
		['7615917337495251231', '7615917337495251231'],
		['-9007199254740993', '-9007199254740993'],
		['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
		['1e400', '1e400'],
		['-1E+400', '-1E+400'],
		['1e-400', '1e-400'],
		['1e99999999999999999999', '1e99999999999999999999'],
		['9007199254740992', 9007199254740992],
		['100000000000000000000000', 1e23],
		['1.0', 1],
		['1e2', 100],
		['-0', -0],
		['0e99999', 0],
		['0.0000001', 1e-7],
	])('%s is %p in items and itself in files', (text, value) => {
		const parsed = parseJson(`{"a":[{"b" : ${text}}]}`);
		expect(parsed).toEqual({ a: [{ b: value }] });
		expect(jsonText(parsed)).toBe(`{"a":[{"b":${text}}]}`);
	});

	test('is the value of JSON.parse, and no other object, where every number is held', () => {
		fc.assert(
			fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
				const text = JSON.stringify(value);
				expect(parseJson(text)).toEqual(JSON.parse(text));
			}),
		);
	});

	test('is written to the digit from any place in it', () => {
		const page = parseJson('{"data":[{"a":1},{"a":{"b":[2e3]}}]}') as { data: unknown[] };
		expect(page.data.map(jsonText)).toEqual(['{"a":1}', '{"a":{"b":[2e3]}}']);
	});

	test('keeps what an object can hold under any key', () => {
		const text = '{"__proto__":1e400,"constructor":{"__proto__":{"toString":1.0}}}';
		expect(jsonText(parseJson(text))).toBe(text);
		expect(parseJson('{"a":1e400,"a":2}')).toEqual({ a: 2 });
		expect(jsonText(parseJson('{"a":2,"a":1e400}'))).toBe('{"a":1e400}');
	});

	test.each(['', '{', '01', '1e5x', '{1e5:2}', '[1e400,]', '{"a":1e400 1}', '"\n"', 'NaN', '1.'])(
		'%j is refused',
		(text) => {
			expect(() => parseJson(text)).toThrow(SyntaxError);
		},
	);

	test.each([
		['without such a number', '1'],
		['with one at its end', '7615917337495251231'],
	])('may be nested 100,000 deep, %s', (_what, innermost) => {
		const text = `${'{"a":['.repeat(50_000)}${innermost}${']}'.repeat(50_000)}`;
		expect(jsonText(parseJson(text)) === text).toBe(true);
	});

	test('an error that is not about nesting stays one', () => {
		expect(() => jsonText(1n)).toThrow(TypeError);
	});
});

describe('isRecord', () => {
	test('holds for objects, and not for lists, null and plain values', () => {
		expect([{}, { a: 1 }].map(isRecord)).toEqual([true, true]);
		expect([null, undefined, [], 'text', 1, true].some(isRecord)).toBe(false);
	});
});
