import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../../nodes/shared/model/json';
import { eventJson } from '../../../nodes/shared/formats/eventJson';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import { MAX_LEVELS, withinDepth } from '../../../nodes/shared/formats/itemDepth';

const nested = (levels: number, innermost = '1') =>
	`${'{"a":['.repeat(levels / 2)}${innermost}${']}'.repeat(levels / 2)}`;

describe('an item', () => {
	test('is the value itself where it is not too deep', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
				expect(withinDepth(value)).toBe(value);
			}),
		);
		const deep = JSON.parse(nested(MAX_LEVELS)) as unknown;
		expect(withinDepth(deep)).toBe(deep);
	});

	test('has what is too deep as its JSON, and the value stays as it was', () => {
		const innermost = `{"b":${nested(100_000, '7615917337495251231')}}`;
		const text = `{"other":{"x":1},"list":${nested(MAX_LEVELS - 1 - 1, innermost)}}`;
		const value = parseJson(text);
		const item: unknown = withinDepth(value);
		let inner: unknown = (item as { list: unknown }).list;
		for (let level = 1; level < MAX_LEVELS - 1; level += 2)
			inner = (inner as { a: unknown[] }).a[0];
		expect(typeof (inner as { b: unknown }).b).toBe('string');
		expect((inner as { b: unknown }).b === nested(100_000, '7615917337495251231')).toBe(true);
		expect((item as { other: unknown }).other).toBe((value as { other: unknown }).other);
		expect(typeof (value as { list: { a: unknown } }).list.a).toBe('object');
	});

	test('keeps the key __proto__ on the way', () => {
		const item = withinDepth(JSON.parse(`{"__proto__":${nested(200)}}`) as object);
		expect(Object.keys(item)).toEqual(['__proto__']);
		expect(JSON.stringify(item)).toContain('"__proto__":{"a":[{"a":[');
	});

	test.each(['simplified', 'raw', 'selectedFields', 'ecs', 'ocsf', 'cef'] as const)(
		'is made of an event as %p',
		(format) => {
			const deep = JSON.parse(nested(5_000)) as string;
			const event = { cursor: 'c', timestamp: 't', message: deep, indexedData: { deep } };
			const fields = ['message'];
			const output = { format, fields, outcome: DEFAULT_OUTCOME_RULE, includeOriginal: true };
			expect(JSON.stringify(eventJson(event, output)).length).toBeGreaterThan(4_000);
		},
	);
});
