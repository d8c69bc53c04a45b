import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { waitFor } from '../../../dev/n8n';
import { choose, columnsOf, errorIn, issueAt, typeExpression, typeText } from './support/controls';
import { Newcomer } from './support/newcomer';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIVE_FIELDS = ['timestamp', 'serviceName', 'eventType', 'message', 'userId'];

describe('Running Signicat Audit in the editor', () => {
	let newcomer: Newcomer;
	let page: Newcomer['page'];

	beforeAll(async () => {
		newcomer = await Newcomer.arrive('run');
		({ page } = newcomer);
	});

	afterAll(async () => await newcomer?.leave());

	beforeEach(() => newcomer.api.reset());

	const eventsSince = (ms: number) =>
		newcomer.api.events.filter(({ timestamp }) => Date.parse(`${timestamp}`) >= Date.now() - ms);

	const getMany = { resource: 'event', operation: 'getAll' };

	/** Drags an element with the mouse, to the left or right only. */
	const drag = async (element: Locator, toX: number) => {
		const from = await element.boundingBox();
		if (!from) return;
		const y = from.y + from.height / 2;
		await page.mouse.move(from.x + from.width / 2, y);
		await page.mouse.down();
		await page.mouse.move(toX, y, { steps: 10 });
		await page.mouse.up();
	};

	/** The names of the columns that end within the output. */
	const visibleColumns = async (): Promise<string[]> => {
		const output = await newcomer.output.boundingBox();
		const end = (output?.x ?? 0) + (output?.width ?? 0);
		const columns = await columnsOf(newcomer.output);
		return columns.filter(({ right }) => right <= end).map(({ name }) => name);
	};

	describe('Execute step', () => {
		test('returns the newest events with no field touched', async () => {
			await newcomer.openNode({});
			const items = await newcomer.execute();
			expect(items).toHaveLength(50);
			const newest = eventsSince(DAY_MS).slice(0, 50);
			expect(items.map(({ cursor }) => cursor)).toEqual(newest.map(({ cursor }) => cursor));
			await newcomer.output.getByText("Tweak the 'Return All' or 'Limit'").waitFor();
			await newcomer.output.getByTestId('radio-button-schema').click();
			for (const field of FIVE_FIELDS) {
				await newcomer.output.getByText(field, { exact: true }).waitFor();
			}
			await newcomer.picture('events-as-schema');
		});

		test('starts the table with the five fields that matter; the divider makes room for them', async () => {
			await newcomer.openNode({});
			await newcomer.execute();
			await newcomer.output.getByTestId('radio-button-table').click();
			const before = await columnsOf(newcomer.output);
			expect(before.slice(0, 5).map(({ name }) => name)).toEqual(FIVE_FIELDS);
			await newcomer.picture('table');
			const handle = newcomer.panel.getByTestId('panel-drag-button');
			await waitFor(
				async () => {
					// Once more: while a panel is opening, its parts move away from under the mouse.
					await drag(handle, 250);
					const names = await visibleColumns();
					return FIVE_FIELDS.every((field) => names.includes(field));
				},
				{ what: 'room for the five fields' },
			);
			await newcomer.picture('table-with-room');
			await handle.dblclick();
		});

		test('Return All reads every event of the period, and hides the limit', async () => {
			await newcomer.openNode(getMany);
			await choose(page, 'period', 'Last 7 Days');
			await newcomer.panel.getByTestId('parameter-input-returnAll').locator('.el-switch').click();
			await newcomer.panel.getByTestId('parameter-input-limit').waitFor({ state: 'hidden' });
			const items = await newcomer.execute();
			const expected = eventsSince(7 * DAY_MS);
			expect(Math.abs(items.length - expected.length)).toBeLessThanOrEqual(1);
			expect(items.length).toBeGreaterThan(50);
			await newcomer.picture('return-all');
		});
	});

	describe('a wrong value typed by hand', () => {
		test('a date: which field, and what it takes', async () => {
			await newcomer.openNode(getMany);
			await choose(page, 'period', 'Custom');
			await typeExpression(page, 'from', 'last Tuesday');
			await newcomer.editor.executeNode();
			await newcomer.picture('wrong-date');
			expect(await errorIn(newcomer.output)).toMatch(
				/Invalid value for 'From': not a valid date and time\s+Use ISO 8601, for example 2026-11-01T00:00:00Z/,
			);
		});

		test('a From after To: which of them to change', async () => {
			await newcomer.openNode({ ...getMany, period: 'custom', to: '2026-01-01T00:00:00' });
			await typeExpression(page, 'from', '2026-02-01');
			await newcomer.editor.executeNode();
			await newcomer.picture('from-after-to');
			expect(await errorIn(newcomer.output)).toContain(
				"Invalid value for 'From': must be earlier than 'To'",
			);
		});

		test('an expression with a typo in a filter: which filter is empty, and why that matters', async () => {
			await newcomer.openNode({ ...getMany, filters: { userId: '' } });
			await typeExpression(page, 'userId', '{{ $json.userld');
			await newcomer.editor.executeNode();
			await newcomer.picture('empty-filter');
			const text = await errorIn(newcomer.output);
			expect(text).toContain("Invalid value for 'Filters > User ID': must not be empty");
			expect(text).toContain('check the names in the expression');
		});

		test('a regular expression: which condition, and what to check', async () => {
			const condition = {
				field: { __rl: true, mode: 'name', value: 'message' },
				operator: 'regex',
			};
			await newcomer.openNode({
				...getMany,
				conditions: { condition: [{ ...condition, value: '' }] },
				options: { applyFiltersIn: 'n8n' },
			});
			await typeText(page, 'value', '(started');
			await newcomer.editor.executeNode();
			await newcomer.picture('wrong-regular-expression');
			expect(await errorIn(newcomer.output)).toMatch(
				/'Conditions > Condition 1 > Value': not a valid regular expression\s+Check the brackets/,
			);
		});

		test('a limit that is not a number: what it takes', async () => {
			await newcomer.openNode(getMany);
			await typeExpression(page, 'limit', 'many');
			await newcomer.editor.executeNode();
			await newcomer.picture('wrong-limit');
			expect(await errorIn(newcomer.output)).toContain("Invalid value for 'Limit'");
		});

		test('a missing cursor: the field is marked before anything runs', async () => {
			await newcomer.openNode({ resource: 'event', operation: 'get' });
			const issue = await issueAt(page, newcomer.panel.getByTestId('parameter-input-cursor'));
			expect(issue).toContain('Parameter "Cursor" is required');
			await newcomer.picture('missing-cursor');
		});
	});
});
