import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventSet } from '../../../nodes/SignicatAuditTrigger/state/eventSet';
import { shortHash, startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';

const NOW = fromMilliseconds(Date.UTC(2026, 10, 1, 12));

describe('shortHash', () => {
	test('gives eight characters for any text, the same ones each time', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(shortHash(text)).toMatch(/^[\w-]{8}$/);
				expect(shortHash(text)).toBe(shortHash(text));
			}),
		);
	});

	test('tells 20,000 cursors apart', () => {
		const names = Array.from({ length: 20_000 }, (_, i) => shortHash(`cursor-${i}`));
		expect(new Set(names).size).toBe(20_000);
	});

	test('stays the same from one version to the next, since states are stored', () => {
		expect(shortHash('cursor')).toBe('RqTuvSDY');
	});
});

describe('startAt', () => {
	test('remembers nothing and reads nothing from before the start', () => {
		expect(startAt(NOW, 'key')).toEqual({
			phase: 'ready',
			key: 'key',
			watermark: NOW,
			overlapFrom: NOW,
			emitted: EventSet.NONE,
			undated: new Map(),
			knownValues: new Set(),
		});
	});
});
