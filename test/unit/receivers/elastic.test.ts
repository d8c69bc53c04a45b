import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { filterPath } from '../../../dev/receivers/filterPath';
import { type LocalElastic, startLocalElastic } from '../../../dev/receivers/elastic';

const NDJSON = 'application/x-ndjson';
const SEARCH = {
	size: 1,
	query: { range: { '@timestamp': { lte: 'now' } } },
	sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
};

const pair = (id: string, document: object) =>
	`${JSON.stringify({ create: { _id: id } })}\n${JSON.stringify(document)}\n`;

const at = (time: string) => ({ '@timestamp': time });

describe('The local Elasticsearch', () => {
	let elastic: LocalElastic;

	beforeAll(async () => {
		elastic = await startLocalElastic();
	});

	afterAll(async () => await elastic.stop());

	beforeEach(() => elastic.documents.clear());

	async function send(
		path: string,
		body: string,
		headers: Record<string, string> = { 'content-type': NDJSON },
	) {
		const authorization = String(elastic.credentials[0]?.data.value);
		const response = await fetch(`${elastic.settings.elasticUrl}/${path}`, {
			method: 'POST',
			headers: { authorization, ...headers },
			body,
		});
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	}

	test('creates documents, and answers 409 for one that it has', async () => {
		const body = pair('a', at('2026-11-01T00:00:00Z')) + pair('b', at('2026-11-02T00:00:00Z'));
		expect(await send('logs-a/_bulk', body)).toMatchObject({
			status: 200,
			body: { errors: false, items: [{ create: { status: 201 } }, { create: { status: 201 } }] },
		});
		const again = await send('logs-a/_bulk?filter_path=errors,items.*.error.type', body);
		const conflict = { create: { error: { type: 'version_conflict_engine_exception' } } };
		expect(again.body).toEqual({ errors: true, items: [conflict, conflict] });
		expect(elastic.documents.size).toBe(2);
	});

	test('refuses single documents and stores the others', async () => {
		elastic.problemOf = ({ odd }) => (odd ? { type: 'odd', reason: 'it is' } : undefined);
		const odd = { ...at('2026-11-01T00:00:00Z'), odd: true };
		const body =
			pair('a', odd) + pair('b', at('2026-11-01T00:00:00Z')) + pair('c', { message: 'x' });
		const { body: reply } = await send('logs-a/_bulk', body);
		elastic.problemOf = () => undefined;
		expect(reply).toMatchObject({
			errors: true,
			items: [
				{ create: { status: 400, error: { type: 'odd' } } },
				{ create: { status: 201 } },
				{ create: { status: 400, error: { type: 'document_parsing_exception' } } },
			],
		});
		expect([...elastic.documents.keys()]).toEqual(['b']);
	});

	test.each([
		['no newline at the end', pair('a', at('2026-11-01T00:00:00Z')).trimEnd(), {}, 400],
		['nothing', '', {}, 400],
		['an action without a document', '{"create":{"_id":"a"}}\n', {}, 400],
		['another action', '{"index":{"_id":"a"}}\n{}\n', {}, 400],
		['an ID of 513 bytes', pair('x'.repeat(513), {}), {}, 400],
		['plain text', pair('a', {}), { 'content-type': 'text/plain' }, 406],
		['another key', pair('a', {}), { authorization: 'ApiKey x' }, 401],
	])('refuses %s', async (_what, body, headers, status) => {
		const { status: actual } = await send('logs-a/_bulk', body, {
			'content-type': NDJSON,
			...(headers as Record<string, string>),
		});
		expect(actual).toBe(status);
		expect(elastic.documents.size).toBe(0);
	});

	test('finds the newest document that is not in the future', async () => {
		const ask = async () =>
			await send('logs-a/_search?ignore_unavailable=true', JSON.stringify(SEARCH), {
				'content-type': 'application/json',
			});
		expect((await ask()).body).toMatchObject({ hits: { hits: [] } });
		const times = ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', '2999-01-01T00:00:00Z'];
		await send('logs-a/_bulk', times.map((time) => pair(time, at(time))).join(''));
		expect((await ask()).body).toMatchObject({
			hits: { hits: [{ _source: { '@timestamp': '2026-01-03T00:00:00Z' } }] },
		});
	});

	test('can be down', async () => {
		elastic.isDown = true;
		expect((await send('logs-a/_bulk', pair('a', {}))).status).toBe(503);
		elastic.isDown = false;
	});
});

test.each([
	['a', { a: 1, b: 2 }, { a: 1 }],
	['a.b', { a: [{ b: 1, c: 2 }, { c: 3 }] }, { a: [{ b: 1 }] }],
	['a.*.c,d', { a: { x: { c: 1 }, y: { e: 2 } }, d: [3] }, { a: { x: { c: 1 } }, d: [3] }],
	['z', { a: 1 }, undefined],
])('filter_path=%s', (paths, body, expected) => {
	expect(filterPath(body, paths)).toEqual(expected);
});
