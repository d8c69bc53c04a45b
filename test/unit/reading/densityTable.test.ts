import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DENSITY_NAMES } from '../../../dev/audit-api/densities';
import { simulateReading, type SimulatedReading } from '../support/simulatedReading';

const DOCS = path.join(__dirname, '../../../docs/performance.md');

/** The columns of the table, from left to right. */
const READINGS: Array<Omit<SimulatedReading, 'density' | 'events'>> = [
	{ most: 12 },
	{ most: 4 },
	{ most: 12, buffering: { pages: 24 } },
	{ most: 12, buffering: { pages: 24 }, order: 'oldestFirst' },
];

const [, table = ''] =
	/\n\| Density .*\n\| -.*\n((?:\|.*\n)+)/.exec(readFileSync(DOCS, 'utf8')) ?? [];
const rows = table
	.trim()
	.split('\n')
	.map((line) => line.split('|').slice(2, -1));

describe('The table of docs/performance.md', () => {
	test('has all densities', () => {
		expect(rows.map((cells) => cells.length)).toEqual(DENSITY_NAMES.map(() => READINGS.length));
	});

	// In the order of the table, with its numbers: responses, and for Get Many requests.
	test.each(DENSITY_NAMES.map((density, index) => ({ density, cells: rows[index] ?? [] })))(
		'says what reading takes: $density',
		async ({ density, cells }) => {
			for (const [index, reading] of READINGS.entries()) {
				const said = [...(cells[index] ?? '').matchAll(/\d+/g)].map(Number);
				const { rounds, requests } = await simulateReading({
					...reading,
					density,
					events: 100_000,
				});
				expect([rounds, requests].slice(0, said.length)).toEqual(said);
			}
		},
		60_000,
	);
});
