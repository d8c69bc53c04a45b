import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identityOf, timeOf } from '../../../nodes/shared/model/identity';
import { Once } from '../../../nodes/shared/reading/once';
import { parseTimestamp } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

const asEvent = (value: object) => value as AuditEvent;

describe('identityOf', () => {
	test.each([
		['text', 'c/1+2==', 'c/1+2=='],
		['a number', 4711, '4711'],
		['a switch', false, 'false'],
	])('is the cursor where that is %s', (_what, cursor, identity) => {
		expect(identityOf(asEvent({ cursor, timestamp: 't' }))).toBe(identity);
	});

	test.each([undefined, null, '', {}, []])('is the content where the cursor is %j', (cursor) => {
		const event = { cursor, timestamp: 't', data: { a: [1, null] } };
		const identity = identityOf(asEvent(event));
		expect(identity).toMatch(/^#[\w-]{43}$/);
		expect(identityOf(asEvent(structuredClone(event)))).toBe(identity);
		expect(identityOf(asEvent({ ...event, data: { a: [1] } }))).not.toBe(identity);
	});

	test('does not depend on the order of keys, and does on that of a list', () => {
		const inOrder = identityOf(asEvent({ timestamp: 't', data: { a: 1, b: [1, 2] } }));
		expect(identityOf(asEvent({ data: { b: [1, 2], a: 1 }, timestamp: 't' }))).toBe(inOrder);
		expect(identityOf(asEvent({ timestamp: 't', data: { a: 1, b: [2, 1] } }))).not.toBe(inOrder);
	});

	test('is there for an event nested too deep for JSON.stringify', () => {
		let data: unknown = 1;
		for (let depth = 0; depth < 100_000; depth++) data = [data];
		const identity = identityOf(asEvent({ message: 'one', data }));
		expect(identity).toMatch(/^#/);
		expect(identityOf(asEvent({ message: 'other', data }))).not.toBe(identity);
	});
});

describe('timeOf', () => {
	test('reads a timestamp, in UTC where it names no time zone', () => {
		const noon = parseTimestamp('2026-11-01T12:00:00Z');
		for (const timestamp of [
			'2026-11-01T12:00:00Z',
			'2026-11-01T13:00:00+01:00',
			'2026-11-01T12:00:00',
		]) {
			expect(timeOf(asEvent({ timestamp }))).toBe(noon);
		}
	});

	test.each([undefined, null, 1793534400000, '', 'yesterday', [], {}])(
		'is not there for %j',
		(timestamp) => {
			expect(timeOf(asEvent({ timestamp }))).toBeUndefined();
		},
	);
});

describe('Once', () => {
	const cursors = fc.array(fc.array(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 8 }));

	test('passes each event on once, in order', () => {
		fc.assert(
			fc.property(cursors, (pages) => {
				const once = new Once();
				const passed = pages.flatMap((page) =>
					once.pass(page.map((cursor) => asEvent({ cursor }))).map(({ cursor }) => cursor),
				);
				expect(passed).toEqual([...new Set(pages.flat())]);
			}),
		);
	});

	test('does so too where the timestamps tell for many pages that they repeat nothing', () => {
		const page = fc.record({
			from: fc.integer({ min: 0, max: 40 }),
			count: fc.integer({ min: 1, max: 6 }),
			goesOn: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(page, { maxLength: 12 }), fc.boolean(), (pages, isForwards) => {
				const once = new Once({ isForwards });
				const all: string[] = [];
				const passed = pages.flatMap(({ from, count, goesOn }, index) => {
					// Mostly a page continues where the previous one ended.
					const start = goesOn ? index * 6 : from;
					const events = Array.from({ length: count }, (_one, i) => {
						const number = start + i;
						all.push(`c${number}`);
						const second = String(isForwards ? number : 99 - number).padStart(3, '0');
						const timestamp = `2026-11-01T12:00:00.${second}Z`;
						return asEvent({ cursor: `c${number}`, ...(number % 9 > 0 && { timestamp }) });
					});
					return once.pass(events).map(({ cursor }) => cursor);
				});
				expect(passed).toEqual([...new Set(all)]);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('remembers as many of the latest as it was told, and not many more', () => {
		const once = new Once({ maxRemembered: 100 });
		const pass = (number: number) => once.pass([asEvent({ cursor: `c${number}` })]).length;
		for (let number = 0; number < 1000; number++) expect(pass(number)).toBe(1);
		for (let number = 900; number < 1000; number++) expect(pass(number)).toBe(0);
		expect(pass(700)).toBe(1);
	});
});
