import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, type AuditEvent, startAuditApi } from '../../dev/audit-api';
import { credentialFor, type CredentialStore, runAudit, RunningTrigger } from './engine';

const SPAN = { from: '2026-10-01T00:00:00Z', to: '2026-10-31T00:00:00Z' };

const ofEvents = (operation: string, parameters: INodeParameters): INodeParameters => ({
	resource: 'event',
	operation,
	period: 'custom',
	...SPAN,
	...(operation === 'getAll' && { returnAll: true }),
	...parameters,
});

const cursorsOf = (events: Array<{ cursor?: unknown }>) => events.map(({ cursor }) => cursor);

describe('filters and conditions', () => {
	let api: AuditApi;
	let credential: CredentialStore;

	beforeAll(async () => (api = await startAuditApi({ eventCount: 1500, span: SPAN })));
	afterAll(async () => await api.stop());
	beforeEach(() => {
		api.reset();
		credential = credentialFor(api);
	});

	const bodies = () =>
		api.requests.filter(({ operation }) => operation === 'query').map(({ body }) => body);

	async function read(parameters: INodeParameters): Promise<unknown[]> {
		const { items, error } = await runAudit(credential, {
			parameters: ofEvents('getAll', parameters),
		});
		expect(error).toBeUndefined();
		return cursorsOf(items.map(({ json }) => json));
	}

	const stored = (isMatch: (event: AuditEvent) => boolean) => cursorsOf(api.events.filter(isMatch));

	describe('of which any must match', () => {
		const ANY = { applyFiltersIn: 'n8n', match: 'any' };
		const filters = { serviceName: ['Broker', 'mobileid'], eventType: 'order_created' };
		const condition = [{ field: 'Signers', operator: 'gt', value: '2' }];
		const conditions = { condition };
		const isMatch = ({ serviceName, eventType, indexedData }: AuditEvent) =>
			serviceName === 'Broker' ||
			serviceName === 'mobileid' ||
			eventType === 'order_created' ||
			Number(indexedData?.Signers) > 2;

		test('are those of Get Many, Summarize and Export', async () => {
			const expected = stored(isMatch);
			expect(expected.length).toBeGreaterThan(0);
			expect(expected.length).toBeLessThan(api.events.length);
			for (const only of [{ filters }, { conditions }]) {
				expect((await read({ ...only, options: ANY })).length).toBeLessThan(expected.length);
			}
			api.reset();
			expect(await read({ filters, conditions, options: ANY })).toEqual(expected);
			for (const body of bodies()) expect(body).toMatchObject({ and: null });
			const all = await read({ filters, conditions, options: { ...ANY, match: 'all' } });
			expect(all).toEqual([]);
			const parameters = { filters, conditions, options: ANY };
			for (const [operation, count] of [
				['summarize', 'total'],
				['export', 'count'],
			] as const) {
				const run = await runAudit(credential, { parameters: ofEvents(operation, parameters) });
				expect(run.items[0]?.json[count]).toBe(expected.length);
			}
		});

		test('are all events where there is no filter', async () => {
			expect(await read({ options: ANY })).toEqual(stored(() => true));
			const empty = { userId: '={{ [][0] }}' };
			const options = { ...ANY, ignoreEmptyFilters: true };
			expect(await read({ filters: empty, options })).toEqual(stored(() => true));
		});

		test('are all where n8n hides the option, because it drops what it hides', async () => {
			const options = { applyFiltersIn: 'signicat', match: 'any' };
			expect(await read({ filters, options })).toEqual([]);
			expect(bodies()[0]).toMatchObject({
				and: [{ field: 'eventType' }, { field: 'serviceName' }],
			});
		});

		test('are those of the trigger, which goes on where it was when that changes', async () => {
			const now = () => new Date().toISOString();
			const trigger = new RunningTrigger(credential, { filters, options: ANY });
			await trigger.poll();
			const [broker, , order] = api.append(
				{ serviceName: 'Broker', eventType: 'a', timestamp: now() },
				{ serviceName: 'signature-api', eventType: 'b', timestamp: now() },
				{ serviceName: 'signature-api', eventType: 'order_created', timestamp: now() },
			);
			const emitted = cursorsOf(await trigger.poll());
			expect(new Set(emitted)).toEqual(new Set([broker?.cursor, order?.cursor]));
			const before = trigger.state;
			trigger.save();
			trigger.restart({ filters, options: { ...ANY, match: 'all' } });
			expect(await trigger.poll()).toEqual([]);
			expect(trigger.state?.key).not.toBe(before?.key);
			const [both] = api.append(
				{ serviceName: 'Broker', eventType: 'order_created', timestamp: now() },
				{ serviceName: 'Broker', eventType: 'c', timestamp: now() },
			);
			expect(cursorsOf(await trigger.poll())).toEqual([both?.cursor]);
		});
	});

	describe('without a value type', () => {
		test.each([
			['userId', 'eq', '={{ 12345 }}', '12345'],
			['sandbox', 'eq', 'true', true],
			['sandbox', 'eq', '={{ false }}', false],
			['Signers', 'eq', '3', '3'],
			['Signers', 'eq', '={{ 3 }}', '3'],
			['Signers', 'gt', '2', 2],
			['Signers', 'gt', '={{ 2 }}', 2],
			['Signers', 'in', '={{ [1, 3] }}', ['1', '3']],
			['Signers', 'in', '1, 3', ['1', '3']],
			['serviceName', 'gte', '5', '5'],
		])('the value of %s %s %s is sent as %p', async (field, operator, value, sent) => {
			await read({ conditions: { condition: [{ field, operator, value }] } });
			expect(bodies()[0]).toMatchObject({ and: [{ field, operator, value: sent }] });
			const first = await read({
				conditions: { condition: [{ field, operator, value, valueType: '' }] },
			});
			expect(bodies().at(-1)).toEqual(bodies()[0]);
			expect(first).toEqual(
				await read({ conditions: { condition: [{ field, operator, value }] } }),
			);
		});

		test.each([
			['Signers', 'eq', '={{ 3 }}', ({ indexedData }: AuditEvent) => indexedData?.Signers === '3'],
			['Signers', 'gte', '3', ({ indexedData }: AuditEvent) => Number(indexedData?.Signers) >= 3],
			['sandbox', 'ne', 'true', ({ sandbox }: AuditEvent) => sandbox !== true],
		] as Array<[string, string, string, (event: AuditEvent) => boolean]>)(
			'what people mean is what matches here: %s %s %s',
			async (field, operator, value, isMatch) => {
				const expected = stored(isMatch);
				expect(expected.length).toBeGreaterThan(0);
				expect(expected.length).toBeLessThan(api.events.length);
				const condition = [{ field, operator, value }];
				const options = { applyFiltersIn: 'n8n' };
				expect(await read({ conditions: { condition }, options })).toEqual(expected);
			},
		);
	});
});
