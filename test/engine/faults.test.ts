import '../trigger-model/instantSleep';
import { LOG_FILE, settledLog } from './faults/debugLog';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClock, stopClock } from '../trigger-model/clock';
import { ActionCases, ACTIONS, appliesTo } from './faults/actionCases';
import { ROWS } from './faults/rows';
import { TriggerCases, TRIGGERS } from './faults/triggerCases';
import { cellsOf, summaryOf, tableOf, withTable } from './faults/table';
import type { FaultRow, Found, Outcome } from './faults/types';
import { expectNoSecret } from './secrets';

const found: Found[] = [];
let actions: ActionCases;
const triggers = new TriggerCases();

beforeAll(async () => {
	stopClock(Date.UTC(2026, 10, 25, 12, 0, 0, 345));
	actions = await ActionCases.open();
});
afterAll(async () => {
	await actions.api.stop();
	await triggers.close();
	startClock();
	rmSync(path.dirname(LOG_FILE), { recursive: true, force: true });
});

/** The cases with an unexpected result, one line per case. */
function failuresIn(
	cases: readonly Found[],
	row: FaultRow,
	expectedOf = (outcome: Outcome): Outcome => outcome,
): string[] {
	return cases.flatMap(({ kind, place, repeat, outcome, message, problems }) => {
		const expected = row[kind][repeat].map(expectedOf);
		const what = `${place} request, ${repeat}: ${outcome}${message ? ` (${message})` : ''}`;
		const all = expected.includes(outcome)
			? problems
			: [`not ${expected.join(' or ')}`, ...problems];
		return all.length > 0 ? [`${what}: ${all.join('; ')}`] : [];
	});
}

describe.each(ACTIONS.map((action) => [action.name, action] as const))('%s', (_name, action) => {
	const rows = ROWS.filter((row) => appliesTo(row, action));
	test.each(rows.map((row) => [row.name, row] as const))(
		'%s',
		async (_fault, row) => {
			const cases = await actions.run(action, row);
			found.push(...cases);
			expect(failuresIn(cases, row)).toEqual([]);
		},
		30_000,
	);
});

describe.each(TRIGGERS.map((trigger) => [trigger.name, trigger] as const))(
	'%s',
	(_name, trigger) => {
		const rows = ROWS.filter((row) => appliesTo(row, trigger));
		test.each(rows.map((row) => [row.name, row] as const))(
			'%s',
			async (_fault, row) => {
				const cases = await triggers.run(trigger, row);
				found.push(...cases);
				const expectedOf = (outcome: Outcome): Outcome =>
					outcome === 'all and malformed' && trigger.skipsMalformed ? 'all' : outcome;
				expect(failuresIn(cases, row, expectedOf)).toEqual([]);
			},
			30_000,
		);
	},
);

describe('All cases together', () => {
	test('leave neither the client secret nor a token in n8n’s log', async () => {
		const { clientId, clientSecret, issuedTokens } = actions.api;
		const secrets = [clientSecret, ...issuedTokens, ...triggers.issuedTokens];
		expect(secrets.length).toBeGreaterThan(1);
		const log = await settledLog();
		expect(log).toContain('Running node');
		expectNoSecret({ log }, { clientId, secrets });
	});

	test('match docs/reliability.md', () => {
		process.stdout.write(`\n${summaryOf(found)}\n`);
		const table = tableOf(found);
		const page = path.join(__dirname, '../../docs/reliability.md');
		const text = readFileSync(page, 'utf8');
		if (process.env.FAULT_TABLE === 'write') writeFileSync(page, withTable(text, table));
		else expect(cellsOf(text)).toEqual(expect.arrayContaining(cellsOf(table)));
	});
});
