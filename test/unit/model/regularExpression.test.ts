import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { RegexMatcher } from '../../../nodes/shared/model/regexMatcher';
import { parseExpression } from '../../../nodes/shared/model/regularExpression';
import { runs } from '../../support/seed';

function parse(pattern: unknown): RegexMatcher {
	const parsed = parseExpression(pattern);
	if ('matcher' in parsed) return parsed.matcher;
	throw new Error(`${String(pattern)}: ${parsed.problem}`);
}

const problemOf = (pattern: unknown) => {
	const parsed = parseExpression(pattern);
	return 'problem' in parsed ? parsed.problem : undefined;
};

const units = fc.constantFrom('a', 'b', 'c', '1', '_', ' ', '-', '\n', 'é', '\ud83d', '\ude00');
const texts = fc.string({ unit: units, maxLength: 8 });

const setMembers = fc.oneof(
	fc.constantFrom('a', 'b', '1', '_', '-', ' ', '\\d', '\\W', '\\s', '\\b', '\\n', '\\]', '\\x62'),
	fc.constantFrom('a-c', '0-9', '--a', 'a-\\d', '\\w-a', '\\u0061-b', '^', '.', '$', '('),
);
const sets = fc
	.tuple(fc.boolean(), fc.array(setMembers, { maxLength: 4 }))
	.map(([negated, members]) => `[${negated ? '^' : ''}${members.join('')}]`);
const atoms = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom('a', 'b', '1', ' ', '-', 'é', '.', '{', '}', ']', ',') },
	{ weight: 2, arbitrary: fc.constantFrom('\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\.', '\\n') },
	{ weight: 2, arbitrary: sets },
	{ weight: 1, arbitrary: fc.constantFrom('\\0', '\\cA', '\\x61', '\\u0061', '\\u', '\\x', '\\-') },
);
const assertions = fc.constantFrom('^', '$', '\\b', '\\B');
const quantifiers = fc.constantFrom(
	'',
	'',
	'*',
	'+',
	'?',
	'{2}',
	'{1,}',
	'{0,2}',
	'{0}',
	'*?',
	'+?',
);

/** Patterns that JavaScript accepts, with all of the syntax that is supported. */
const patterns = fc
	.letrec<{ pattern: string; piece: string }>((tie) => ({
		piece: fc.oneof(
			{ maxDepth: 3 },
			{ weight: 5, arbitrary: fc.tuple(atoms, quantifiers).map((parts) => parts.join('')) },
			{ weight: 1, arbitrary: assertions },
			{
				weight: 3,
				arbitrary: fc
					.tuple(fc.constantFrom('(', '(?:'), tie('pattern'), quantifiers)
					.map(([open, inner, quantifier]) => `${open}${inner})${quantifier}`),
			},
		),
		pattern: fc
			.array(
				fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
				{ minLength: 1, maxLength: 3 },
			)
			.map((options) => options.join('|')),
	}))
	.pattern.filter((pattern) => {
		// JavaScript's own matcher has to finish. With a digit after it, \0 is another escape, which is rejected.
		if (pattern.length > 30 || /\\0\d/.test(pattern)) return false;
		try {
			new RegExp(pattern);
			return true;
		} catch {
			return false;
		}
	});

describe('a regular expression', () => {
	test('matches what it matches in JavaScript', () => {
		fc.assert(
			fc.property(patterns, fc.array(texts, { minLength: 1, maxLength: 5 }), (pattern, some) => {
				const matcher = parse(pattern);
				// Twice, because the matcher stores its states.
				for (const text of [...some, ...some]) {
					expect([pattern, text, matcher.test(text)]).toEqual([
						pattern,
						text,
						new RegExp(pattern).test(text),
					]);
				}
			}),
			{ numRuns: runs(500) },
		);
	});

	test.each([
		['^(\\w+\\s?)*$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', false],
		['^(a+)+$', `${'a'.repeat(5_000)}b`, false],
		['^(a|a)*$', `${'a'.repeat(5_000)}b`, false],
		['(a|ab)*c$', `${'ab'.repeat(5_000)}d`, false],
		['\\d+\\d+$', `${'1'.repeat(50_000)}a`, false],
		['^(.*a){20}$', 'a'.repeat(2_000), true],
		['(x+x+)+y', 'x'.repeat(50_000), false],
		['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5_000), false],
		['(.*)(.*)(.*)(.*)(.*)$x', 'a'.repeat(20_000), false],
		['.*.*=.*', 'x'.repeat(50_000), false],
	])('that JavaScript could not finish is done at once: %s', (pattern, text, matches) => {
		const looks = jest.spyOn(String.prototype, 'charCodeAt');
		try {
			expect(parse(pattern).test(text)).toBe(matches);
			// It reads each character once, without backtracking.
			expect(looks.mock.calls.length).toBeLessThanOrEqual(text.length + pattern.length);
		} finally {
			looks.mockRestore();
		}
	});

	test('with very many states is matched all the same', () => {
		let random = 1;
		const bits = Array.from({ length: 20_000 }, () => {
			random = (random * 48_271) % 2_147_483_647;
			return random % 2 === 0 ? 'a' : 'b';
		});
		const text = bits.join('');
		// A complete automaton would have 2^200 states.
		expect(parse('a[ab]{200}$').test(`${text}c`)).toBe(false);
		expect(parse('^[^c]*a[ab]{200}$').test(text)).toBe(text[text.length - 201] === 'a');
	});

	test.each([
		['(a)\\1', 'a backreference'],
		['(?<n>a)\\k<n>', 'a backreference'],
		['a(?=b)', 'a lookaround'],
		['a(?!b)', 'a lookaround'],
		['(?<=a)b', 'a lookaround'],
		['(?<!a)b', 'a lookaround'],
		['\\p{L}', '\\p'],
		['[\\12]', 'a number after a backslash'],
		['\\00', 'a number after a backslash'],
	])(
		'is refused where it needs more than a bounded time, or is likely not meant: %s',
		(pattern, what) => {
			expect(problemOf(pattern)).toContain(`it contains ${what}`);
		},
	);

	test.each([['('], ['a**'], ['[b-a]'], ['\\']])('that is none is refused: %s', (pattern) => {
		expect(problemOf(pattern)).toBe('not a valid regular expression');
	});

	test('is refused where it is too large, however it is written', () => {
		expect(problemOf('a'.repeat(1_001))).toContain('longer than 1000 characters');
		for (const pattern of [
			'a{1001}',
			'(a{100}){100}',
			'((((a{9}){9}){9}){9}){9}',
			'(){100000000}',
		]) {
			expect(problemOf(pattern)).toContain('more than 1000 characters');
		}
		expect(problemOf('(a{0}){1000000000}')).toContain('more than 1000');
		expect(parse('(?:a{1000}){0}').test('')).toBe(true);
		expect(parse('\\d{1,400}').test('x1')).toBe(true);
	});

	test.each([[undefined], [null], [5], [['a']], [{}]])('is text, not %p', (value) => {
		expect(problemOf(value)).toBe('a regular expression must be text');
	});

	test('takes named groups, and looks at the first 100,000 code units of a text', () => {
		expect(parse('^(?<year>\\d{4})-').test('2026-11')).toBe(true);
		const long = 'a'.repeat(100_000);
		expect(parse('b').test(`${long}b`)).toBe(false);
		expect(parse('a$').test(`${long}b`)).toBe(false);
		expect(parse('a$').test(long)).toBe(true);
	});
});
