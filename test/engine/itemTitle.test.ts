import { describe, expect, test } from '@jest/globals';
import {
	Expression,
	type INodePropertyCollection,
	type IWorkflowDataProxyData,
} from 'n8n-workflow';
import { conditionsProperty } from '../../nodes/shared/parameters/conditions';

const [condition] = conditionsProperty.options as INodePropertyCollection[];

/** What the editor shows for a collapsed condition; empty for the name that n8n gives it. */
function titleOf(value: object): unknown {
	const { itemTitle } = conditionsProperty.typeOptions?.fixedCollection ?? {};
	const item = { value, index: 0, properties: condition?.values };
	const data = { $collection: { item } } as unknown as IWorkflowDataProxyData;
	return new Expression('UTC').resolveSimpleParameterValue(`${itemTitle}`, data);
}

describe('the title of a collapsed condition', () => {
	const field = { __rl: true, mode: 'list', value: 'Result' };

	test.each([
		[{ field, operator: 'eq', value: 'failure' }, 'Result · Equals · failure'],
		[{ field: 'Result', operator: 'nin', value: 'a, b' }, 'Result · Not One Of · a, b'],
		[{ field, value: 'failure' }, 'Result · Equals · failure'],
		[{ field, operator: 'gt', value: '' }, 'Result · Greater Than'],
		[
			{ field, operator: 'custom', customOperator: 'startsWith', value: 'f' },
			'Result · startsWith · f',
		],
		[{ field, operator: 'custom', customOperator: '', value: 'f' }, 'Result · f'],
		[
			{ field, operator: 'eq', value: '={{ $json.result }}' },
			'Result · Equals · {{ $json.result }}',
		],
		[{ field, operator: 'eq', value: 5 }, 'Result · Equals · 5'],
		[{ field, operator: '={{ $json.operator }}', value: 'x' }, 'Result · x'],
		[{ field, operator: 'eq', value: 'x'.repeat(1000) }, `Result · Equals · ${'x'.repeat(60)}`],
		[{ field: { mode: 'list', value: '' }, operator: 'eq', value: 'x' }, ''],
		[{ operator: 'eq', value: 'x' }, ''],
		[{}, ''],
	])('of %p', (value, title) => {
		expect(titleOf(value)).toBe(title);
	});
});
