import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectFields } from '../../../nodes/shared/formats/selectedFields';
import { BARE_EVENT, FULL_EVENT, oddEvent } from '../../support/auditEvents';

describe('selected fields', () => {
	test('are fields, properties and paths, each under the name that it was asked for by', () => {
		const names = ['Result', 'timestamp', 'data.transaction.id', 'indexedData.Idp', 'sandbox'];
		const selected = selectFields(FULL_EVENT, names);
		expect(selected).toEqual({
			Result: 'success',
			timestamp: FULL_EVENT.timestamp,
			'data.transaction.id': 'tx-1',
			'indexedData.Idp': 'nbid',
			sandbox: true,
			cursor: FULL_EVENT.cursor,
		});
		expect(Object.keys(selected)).toEqual([...names, 'cursor']);
	});

	test('are null where the event does not have them, so that all items have the same fields', () => {
		expect(selectFields(BARE_EVENT, ['Result', 'userId', 'data.a.b', 'toString'])).toEqual({
			Result: null,
			userId: null,
			'data.a.b': null,
			toString: null,
			cursor: 'c',
		});
	});

	test('have the cursor where it was asked for, else last, and nothing twice', () => {
		expect(Object.keys(selectFields(FULL_EVENT, ['cursor', 'userId', 'userId']))).toEqual([
			'cursor',
			'userId',
		]);
		expect(selectFields({} as typeof BARE_EVENT, [])).toEqual({ cursor: null });
	});

	test('are the same ones for every event', () => {
		fc.assert(
			fc.property(oddEvent, fc.uniqueArray(fc.string()), (event, names) => {
				const selected = selectFields(event, names);
				expect(new Set(Object.keys(selected))).toEqual(new Set([...names, 'cursor']));
			}),
		);
	});
});
