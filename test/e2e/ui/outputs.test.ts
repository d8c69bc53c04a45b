import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
	add,
	addressBehind,
	choose,
	issueAt,
	listEntries,
	namesInList,
	openList,
} from './support/controls';
import { Newcomer } from './support/newcomer';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('What the editor offers beyond a first query', () => {
	let newcomer: Newcomer;
	let page: Newcomer['page'];

	beforeAll(async () => {
		newcomer = await Newcomer.arrive('outputs');
		({ page } = newcomer);
	});

	afterAll(async () => await newcomer?.leave());

	beforeEach(() => newcomer.api.reset());

	/** How many events there are in days of UTC, the time zone of the workflow; 0 is today. */
	const eventsOn = (from: number, to: number): number => {
		const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
		return newcomer.api.events.filter(({ timestamp }) => {
			const ms = Date.parse(`${timestamp}`);
			return ms >= midnight + from * DAY_MS && ms < midnight + to * DAY_MS;
		}).length;
	};
	/** The last Monday that a whole week has followed, in days from today. */
	const lastMonday = (): number => -((new Date().getUTCDay() + 6) % 7) - 7;

	/** The first item after Execute step, and what `expected` is before and after it: a day can begin in between. */
	const executed = async <T>(expected: () => T) => {
		const before = expected();
		const [item] = await newcomer.execute();
		return { item, expected: [before, expected()] };
	};

	const options = { at: 1 };
	const getMany = { resource: 'event', operation: 'getAll' };

	test('Selected Fields is useful as it is, and offers the properties of the chosen service', async () => {
		await newcomer.openNode({ ...getMany, filters: { serviceName: ['Broker'] } });
		await choose(page, 'output', 'Selected Fields');
		const [first] = await newcomer.execute();
		expect(Object.keys(first ?? {})).toEqual([
			'timestamp',
			'serviceName',
			'eventType',
			'message',
			'userId',
			'cursor',
		]);
		await openList(page, 'outputFields');
		await listEntries(page).getByText('Result', { exact: true }).click();
		await listEntries(page).getByText('Idp', { exact: true }).click();
		await newcomer.picture('selected-fields-list');
		await newcomer.panel.getByTestId('node-title-container').click();
		const [chosen] = await newcomer.execute();
		expect(Object.keys(chosen ?? {})).toEqual(expect.arrayContaining(['Result', 'Idp']));
		await newcomer.picture('selected-fields');
	});

	test('Selected Fields without a field is marked before anything runs', async () => {
		await newcomer.openNode({ ...getMany, output: 'selectedFields', outputFields: [] });
		const field = newcomer.panel.getByTestId('parameter-input-outputFields');
		expect(await issueAt(page, field)).toContain('is required');
		await newcomer.picture('selected-fields-none');
	});

	test('ECS: the outcome is unknown until Outcome Property is set, which appears with it', async () => {
		await newcomer.openNode(getMany);
		await newcomer.panel.getByTestId('collection-parameter-add').nth(options.at).click();
		expect(await namesInList(page)).not.toContain('Outcome Property');
		await page.keyboard.press('Escape');
		await newcomer.openNode({ ...getMany, filters: { eventType: ['authn_response'] } });
		await choose(page, 'output', 'ECS');
		await add(page, options, 'Outcome Property');
		await newcomer.panel.getByTestId('rlc-input').click();
		await page.getByTestId('rlc-item').getByText('Result', { exact: true }).click();
		const items = await newcomer.execute();
		await newcomer.picture('ecs');
		expect(items[0]).toMatchObject({ event: { dataset: 'signicat.audit' } });
		const outcomes = items.map(({ event }) => (event as { outcome: string }).outcome);
		expect(outcomes).toContain('success');
		expect(outcomes).not.toContain('unknown');
	});

	test('Summarize: a calendar week, compared with the one before', async () => {
		await newcomer.openNode({ resource: 'event', operation: 'summarize' });
		await choose(page, 'period', 'Previous Week');
		await add(page, options, 'Compare With');
		await choose(page, 'compareWith', 'Previous Period');
		const { item: summary, expected } = await executed(() => {
			const monday = lastMonday();
			return [eventsOn(monday, monday + 7), eventsOn(monday - 7, monday)];
		});
		await newcomer.picture('compared-week');
		expect(expected).toContainEqual([summary?.total, summary?.previousTotal]);
		expect(String(summary?.text)).toContain(`Before: ${summary?.previousTotal} events`);
	});

	test.each([
		['Today', 0, 1],
		['Yesterday', -1, 0],
	])('the period %s', async (period, from, to) => {
		await newcomer.openNode({ resource: 'event', operation: 'summarize' });
		await openList(page, 'period');
		await newcomer.picture(`periods-${period}`);
		await listEntries(page).getByText(period, { exact: true }).click();
		const { item, expected } = await executed(() => eventsOn(from, to));
		expect(expected).toContain(item?.total);
	});

	test('Export to File: a file with its checksum', async () => {
		await newcomer.openNode({ resource: 'event', operation: 'export' });
		await choose(page, 'period', 'Yesterday');
		const { item: file, expected } = await executed(() => eventsOn(-1, 0));
		await newcomer.picture('exported-file');
		expect(expected).toContain(file?.count);
		expect(file?.sha256).toEqual(expect.any(String));
	});

	test.each([
		['Get Many', getMany, ['timestamp', 'eventType', 'indexedData', 'cursor']],
		['Summarize', { resource: 'event', operation: 'summarize' }, ['total', 'groups', 'slack']],
		['Export', { resource: 'event', operation: 'export' }, ['count', 'sha256', 'fileName']],
	])(
		'%s: the next node knows the fields before the first run',
		async (name, parameters, fields) => {
			await newcomer.openNode(parameters);
			await newcomer.editor.openNode('After');
			const input = newcomer.panel.getByTestId('ndv-input-panel');
			await input.getByText('Usually outputs the following fields').waitFor();
			for (const field of fields) await input.getByText(field, { exact: true }).first().waitFor();
			await newcomer.picture(`schema-${name.replace(' ', '-')}`);
		},
	);

	test('New Value is useful as it is: it watches users and addresses', async () => {
		await newcomer.openTrigger({});
		await choose(page, 'event', 'New Value');
		const [found] = await newcomer.execute();
		await newcomer.picture('new-value');
		expect(Object.keys((found?.values ?? {}) as object)).toEqual(['userId', 'ipAddress']);
	});

	test.each([
		['node', 'nodes', async () => await newcomer.openNode(getMany)],
		['trigger', 'trigger', async () => await newcomer.openTrigger({})],
	])('Docs of the %s leads to docs/%s.md', async (_name, file, open) => {
		await open();
		const link = newcomer.panel.getByText('Docs', { exact: true });
		// n8n adds a query, after a fragment if there is one: the page would open at its top.
		expect(await addressBehind(page, link)).toMatch(
			new RegExp(`^https://github\\.com/[^#?]+/blob/main/docs/${file}\\.md\\?utm_source`),
		);
	});
});
