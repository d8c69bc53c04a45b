import { describe, expect, test } from '@jest/globals';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import { readOutput } from '../../../nodes/shared/parameters/output';

const read = (output: unknown, options: Record<string, unknown> = {}, outputFields: unknown = '') =>
	readOutput({ output, outputFields, options });

describe('Output', () => {
	test('is simplified by default', () => {
		const simplified = {
			format: 'simplified',
			fields: [],
			outcome: DEFAULT_OUTCOME_RULE,
			includeOriginal: false,
		};
		for (const empty of [undefined, null, '', ' ']) expect(read(empty)).toEqual(simplified);
	});

	test.each(['simplified', 'raw', 'selectedFields', 'ecs', 'ocsf', 'cef'])('is %s', (format) => {
		expect(read(` ${format} `, {}, 'userId').format).toBe(format);
	});

	test.each([[true], ['ECS'], [0], [['ecs']], [{ output: 'ecs' }], [new Date(0)]])(
		'is rejected if it is none of them: %p',
		(value) => {
			expect(() => read(value)).toThrow("Invalid value for 'Output': not one of the options");
		},
	);

	test('has the chosen fields', () => {
		expect(read('selectedFields', {}, ['userId', 'data.result']).fields).toEqual([
			'userId',
			'data.result',
		]);
		expect(read('selectedFields', {}, 'Result, Idp').fields).toEqual(['Result', 'Idp']);
	});

	test('needs at least one field, and at most a hundred', () => {
		for (const none of ['', [], ' , ', undefined]) {
			expect(() => read('selectedFields', {}, none)).toThrow(
				"Invalid value for 'Output Field Names or IDs': must not be empty",
			);
		}
		const fields = (count: number) => Array.from({ length: count }, (_one, index) => `f${index}`);
		expect(read('selectedFields', {}, fields(100)).fields).toHaveLength(100);
		expect(() => read('selectedFields', {}, fields(101))).toThrow('more than 100 values');
	});

	test('ignores what belongs to another output', () => {
		const wrong = { outcomeProperty: true, outcomeSuccessValues: {}, includeOriginal: 'maybe' };
		for (const format of ['simplified', 'raw']) {
			expect(read(format, wrong, {})).toMatchObject({ fields: [], includeOriginal: false });
		}
		expect(read('cef', { includeOriginal: 'maybe' }).includeOriginal).toBe(false);
		expect(() => read('ecs', { includeOriginal: 'maybe' })).toThrow("'Include Original'");
	});
});

describe('the outcome', () => {
	const outcomeOf = (options: Record<string, unknown>) => read('ecs', options).outcome;

	test('has common words as its values by default', () => {
		expect(outcomeOf({ outcomeProperty: 'Result' })).toEqual({
			...DEFAULT_OUTCOME_RULE,
			property: 'Result',
		});
		expect(outcomeOf({ outcomeSuccessValues: '', outcomeFailureValues: [] })).toEqual(
			DEFAULT_OUTCOME_RULE,
		);
	});

	test('reads a property from the list, and values as text or as a list', () => {
		expect(
			outcomeOf({
				outcomeProperty: { __rl: true, mode: 'list', value: 'Status' },
				outcomeSuccessValues: 'OK, ok, Done',
				outcomeFailureValues: ['no, not at all', 5],
			}),
		).toEqual({
			property: 'Status',
			success: ['OK', 'ok', 'Done'],
			failure: ['no, not at all', '5'],
		});
	});

	test('takes a value away from the default of the other', () => {
		const { success, failure } = outcomeOf({ outcomeSuccessValues: 'Denied, fine' });
		expect(success).toEqual(['Denied', 'fine']);
		expect(failure).toEqual(DEFAULT_OUTCOME_RULE.failure.filter((value) => value !== 'denied'));
		const other = outcomeOf({ outcomeFailureValues: ['TRUE'] });
		expect(other.success).toEqual(DEFAULT_OUTCOME_RULE.success.filter((value) => value !== 'true'));
		expect(other.failure).toEqual(['TRUE']);
	});

	test.each([
		['Outcome Property', { outcomeProperty: true }],
		['Outcome Property', { outcomeProperty: ['a'] }],
		['Outcome Property', { outcomeProperty: { a: 1 } }],
		['Outcome Property', { outcomeProperty: 'a\nb' }],
		['Outcome Property', { outcomeProperty: 'x'.repeat(2_001) }],
		['Outcome Success Values', { outcomeSuccessValues: true }],
		['Outcome Success Values', { outcomeSuccessValues: [''] }],
		['Outcome Success Values', { outcomeSuccessValues: { a: 1 } }],
		['Outcome Success Values', { outcomeSuccessValues: [{}] }],
		['Outcome Success Values', { outcomeSuccessValues: Array.from({ length: 101 }, (_, i) => i) }],
		['Outcome Failure Values', { outcomeFailureValues: new Date(0) }],
		['Outcome Failure Values', { outcomeFailureValues: [[]] }],
		[
			'Outcome Failure Values',
			{ outcomeSuccessValues: 'done, yes', outcomeFailureValues: 'no, DONE' },
		],
	])('is rejected with the name of the option: %s in %j', (label, options) => {
		for (const format of ['ecs', 'ocsf', 'cef']) {
			expect(() => read(format, options)).toThrow(`Invalid value for '${label}': `);
		}
	});
});
