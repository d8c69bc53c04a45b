import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
	add,
	closeLists,
	issueAt,
	listEntries,
	namesInList,
	openList,
	searchNodes,
	typeExpression,
	typeText,
} from './support/controls';
import { Newcomer } from './support/newcomer';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('Finding the node and filling it in', () => {
	let newcomer: Newcomer;
	let page: Newcomer['page'];

	beforeAll(async () => {
		newcomer = await Newcomer.arrive('lists');
		({ page } = newcomer);
	});

	afterAll(async () => await newcomer?.leave());

	beforeEach(() => newcomer.api.reset());

	const eventsSince = (ms: number) =>
		newcomer.api.events.filter(({ timestamp }) => Date.parse(`${timestamp}`) >= Date.now() - ms);

	const filters = { at: 0 };
	const getMany = { resource: 'event', operation: 'getAll' };

	describe('the list of nodes', () => {
		test.each(['signicat', 'audit log', 'security log', 'sign-in'])(
			'finds the node by "%s"',
			async (words) => {
				await newcomer.editor.newWorkflow();
				await page.getByTestId('canvas-plus-button').click();
				await searchNodes(newcomer.editor, words);
				const found = page.getByTestId('node-creator-item-name');
				await found.getByText('Signicat Audit', { exact: true }).waitFor();
				await newcomer.picture(`found-by-${words.replace(/\W/g, '-')}`);
			},
		);

		test('offers its triggers and every operation as an action', async () => {
			await newcomer.editor.newWorkflow();
			await page.getByTestId('canvas-plus-button').click();
			await searchNodes(newcomer.editor, 'signicat');
			await page
				.getByTestId('node-creator-item-name')
				.getByText('Signicat Audit', { exact: true })
				.click();
			const panel = page.getByTestId('node-creator');
			await panel.getByText('Actions (6)').click();
			const names = panel.getByTestId('node-creator-item-name');
			await names.getByText('Get many events').waitFor();
			await newcomer.picture('actions');
			expect(await names.allInnerTexts()).toEqual([
				'On new event',
				'On new event type',
				'On new value',
				'Export events to file',
				'Get event',
				'Get many events',
				'Summarize events',
				'Get metadata',
				'Get many properties',
			]);
		});
	});

	describe('lists from Signicat', () => {
		test('services, event types and fields follow each other', async () => {
			const of = (name: 'serviceName' | 'eventType', service?: string) =>
				new Set(
					newcomer.api.events
						.filter(({ serviceName }) => !service || serviceName === service)
						.map((event) => event[name]),
				);
			await newcomer.openNode(getMany);
			await add(page, filters, 'Service Name');
			await openList(page, 'serviceName');
			expect(new Set(await namesInList(page))).toEqual(of('serviceName'));
			await newcomer.picture('services');
			await listEntries(page).getByText('Broker', { exact: true }).click();
			await closeLists(page);

			await add(page, filters, 'Event Type');
			await openList(page, 'eventType');
			expect(new Set(await namesInList(page))).toEqual(of('eventType', 'Broker'));
			await newcomer.picture('event-types-of-the-service');
			await listEntries(page).getByText('authn_response', { exact: true }).click();
			await closeLists(page);

			await newcomer.panel.getByTestId('fixed-collection-add').click();
			await newcomer.panel.getByTestId('rlc-input').click();
			const fields = page.getByTestId('rlc-item');
			await fields.first().waitFor();
			const names = (await fields.allInnerTexts()).map((name) => name.trim());
			const used = newcomer.api.events
				.filter(({ eventType }) => eventType === 'authn_response')
				.flatMap(({ indexedData }) => Object.keys(indexedData ?? {}));
			expect(names).toEqual(expect.arrayContaining(['userId', ...new Set(used)]));
			await newcomer.picture('fields-of-the-event-type');
			await fields.getByText('Result', { exact: true }).click();
			await typeText(page, 'value', 'success');
			const expectedCount = () => {
				const matching = eventsSince(DAY_MS).filter(
					({ serviceName, eventType, indexedData }) =>
						serviceName === 'Broker' &&
						eventType === 'authn_response' &&
						(indexedData as { Result?: string } | undefined)?.Result === 'success',
				);
				return Math.min(50, matching.length);
			};
			const atMost = expectedCount();
			const items = await newcomer.execute();
			// An event can leave the 24 hours in the meantime.
			expect(items.length).toBeLessThanOrEqual(atMost);
			expect(items.length).toBeGreaterThanOrEqual(expectedCount());
			await newcomer.picture('condition-and-result');
		});

		test('a list whose service is down says so, and a name can be typed', async () => {
			newcomer.api.fail({ status: 503 }, { on: 'metadata', times: Infinity });
			await newcomer.openNode(getMany);
			await add(page, filters, 'Service Name');
			const field = page.getByTestId('parameter-input-serviceName');
			const issue = await issueAt(page, field);
			await newcomer.picture('list-is-down');
			expect(issue).toContain('Signicat is temporarily unavailable');
			expect(issue).toContain("To enter names, choose 'Expression'");
			await typeExpression(page, 'serviceName', 'Broker, dashboard');
			const items = await newcomer.execute();
			await newcomer.picture('typed-names');
			expect(new Set(items.map(({ serviceName }) => serviceName))).toEqual(
				new Set(['Broker', 'dashboard']),
			);
		});

		test('a searchable list whose service is down says so, and a name can be typed', async () => {
			newcomer.api.fail({ status: 503 }, { on: 'metadata', times: Infinity });
			await newcomer.openNode({ resource: 'property', operation: 'getAll' });
			await newcomer.panel.getByTestId('rlc-input').first().click();
			const problem = page.getByTestId('rlc-error-container');
			await problem.waitFor();
			await newcomer.picture('searchable-list-is-down');
			const text = await problem.innerText();
			expect(text).toContain('Signicat is temporarily unavailable');
			expect(text).toContain("To enter the name, choose 'Name' instead of 'From List'.");
		});

		test('collapsed conditions show what they say', async () => {
			// n8n shows the newer form of collections to some of its users so far.
			await page.evaluate(
				`localStorage.setItem('N8N_EXPERIMENT_OVERRIDES', '{"048_collection_overhaul":"variant"}')`,
			);
			const field = (value: string) => ({ __rl: true, mode: 'name', value });
			await newcomer.openNode({
				...getMany,
				conditions: {
					condition: [
						{ field: field('Result'), operator: 'eq', value: 'failure' },
						{ field: field('userId'), operator: 'in', value: 'user-0001, user-0002' },
					],
				},
			});
			await newcomer.panel.getByText('Result · Equals · failure').waitFor();
			await newcomer.panel.getByText('userId · One Of · user-0001, user-0002').waitFor();
			await newcomer.picture('collapsed-conditions');
			await page.evaluate(`localStorage.removeItem('N8N_EXPERIMENT_OVERRIDES')`);
		});
	});
});
