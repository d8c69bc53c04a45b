import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditApi, type Behaviour, startAuditApi } from '../../../dev/audit-api';
import { present } from '../../support/present';
import { probeFacts } from './probe';

/** What no local API shows by itself. */
const ALWAYS_UNTOLD = ['next-account', 'rate-limit'];
const OTHER_OPERATORS = ['ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'regex'];

// Each test runs the script as a process of its own, some of them several times.
let api: AuditApi;

beforeAll(async () => {
	api = await startAuditApi({ eventCount: 400 });
});

afterEach(() => {
	expect(api.violations).toEqual([]);
	api.reset();
});

afterAll(async () => {
	await api.stop();
});

describe('against an API that is as assumed', () => {
	test('every fact holds, and the two that cannot be seen are said to be open', async () => {
		const { code, differing, untold, report } = await probeFacts(api);

		expect({ code, differing, untold }).toEqual({
			code: 0,
			differing: [],
			untold: ALWAYS_UNTOLD,
		});
		expect(report).toMatchObject({
			tool: { name: 'n8n-nodes-signicat-audit' },
			node: process.version,
			baseOrigin: api.baseUrl,
			requests: api.requests.length,
			isLogEmpty: false,
		});
		expect(api.requests.length).toBeLessThan(60);
	});

	test('it reads only, says who it is, and sends a body with no property of its own', async () => {
		await probeFacts(api);

		const agents = new Set(api.requests.map(({ headers }) => headers['user-agent']));
		expect([...agents]).toEqual([expect.stringMatching(/^n8n-nodes-signicat-audit\/\S+ probe$/)]);
		expect(new Set(api.requests.map(({ operation }) => operation))).toEqual(
			new Set(['token', 'query', 'metadata', 'properties', 'item']),
		);
	});

	test('it finds what awkward cursors hold, and how the shapes look', async () => {
		const { found } = await probeFacts(api);

		expect(found['item-same-event']).toBe('the same event came, for a cursor that holds / + = %');
		expect(found['metadata-targets']).toContain(
			'{ target: string, services: list of ({ serviceName: string, eventTypes: list of (string) }) }',
		);
		expect(found['timestamp-digits']).toBe('7 digits in 100 events; all end with Z');
		expect(found['token-basic']).toBe('a token came, with both form-encoded first');
	});

	test('it checks every fact that docs/api.md calls likely and does not exempt', async () => {
		const { report } = await probeFacts(api);
		const checked = report.facts.map(({ documentation }) => documentation.replace(/^.*#/, ''));
		const page = readFileSync(join(__dirname, '../../../docs/api.md'), 'utf8');
		const rows = [...page.matchAll(/^\| <a id="([^"]+)">.*\|([^|]*)\|$/gm)];
		const likely = rows
			.filter(([, , how]) => !/^ *Not checked/.test(present(how)))
			.map(([, id]) => id);

		expect(likely.length).toBeGreaterThan(15);
		expect(checked).toEqual(expect.arrayContaining(likely));
		const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
			present(text).toLowerCase().replaceAll(' ', '-'),
		);
		const anchors = [...rows.map(([, id]) => id), ...headings];
		expect(anchors).toEqual(expect.arrayContaining(checked));
	});
});

describe('against an API that differs', () => {
	const differs: Array<[Partial<Behaviour>, string[], string[]]> = [
		[{ nextStyle: 'relative' }, ['next-url'], []],
		[{ nextStyle: 'otherOrigin' }, ['next-origin'], ['next-body', 'next-needs-body']],
		[{ metadataShape: 'strings' }, ['metadata-targets'], []],
		[{ metadataShape: 'unexpected' }, ['metadata-targets'], ['properties-shape']],
		[{ fromInclusive: false }, ['from-inclusive'], []],
		[{ maxRangeDays: 60 }, ['range-60-days'], []],
		[{ knownOperators: ['eq'] }, OTHER_OPERATORS.map((name) => `operator-${name}`), []],
		[{ timestampDigits: 3 }, ['timestamp-digits'], ['from-inclusive', 'to-exclusive']],
		[{ clientAuthentication: 'basic' }, ['token-form'], []],
		[{ clientAuthentication: 'body' }, ['token-basic'], []],
		[{ dateHeader: false }, ['date-header'], []],
	];

	test.each(differs)('%j', async (behaviour, expected, alsoUntold) => {
		api.configure(behaviour);

		const { code, differing, untold } = await probeFacts(api);

		expect(code).toBe(2);
		expect(differing).toEqual(expected);
		expect(untold.sort()).toEqual([...ALWAYS_UNTOLD, ...alsoUntold].sort());
	});

	const harmless: Array<[Partial<Behaviour>]> = [
		[{ propertiesShape: 'strings' }],
		[{ emptyPages: 2 }],
		[{ tokenLifetimeSeconds: 1 }],
		[{ cursorNeedsSameBody: false }],
	];

	test.each(harmless)('harmlessly: %j', async (behaviour) => {
		api.configure(behaviour);

		const { code, differing, untold } = await probeFacts(api);

		expect({ code, differing, untold }).toEqual({ code: 0, differing: [], untold: ALWAYS_UNTOLD });
	});

	test('a cursor that holds the position alone is told from one that needs the same body', async () => {
		const bound = (await probeFacts(api)).found['next-needs-body'];
		api.configure({ cursorNeedsSameBody: false });
		const free = (await probeFacts(api)).found['next-needs-body'];

		expect(bound).toMatch(/^with \{\}: answered 400/);
		expect(free).toMatch(/^with \{\}: \d+ events instead of \d+/);
	});

	test('the token goes nowhere else when next leads elsewhere', async () => {
		api.configure({ nextStyle: 'otherOrigin' });
		await probeFacts(api);

		const hosts = new Set(api.requests.map(({ headers }) => headers.host));
		expect([...hosts]).toEqual([new URL(api.baseUrl).host]);
	});

	test('account parameters that are needed, or given without need', async () => {
		const env = { SIGNICAT_ACCOUNT_ID: 'a-given', SIGNICAT_ORGANIZATION_ID: 'o-given' };
		const given = await probeFacts(api, { env });
		api.configure({ requireAccountId: 'a-given' });
		const needed = await probeFacts(api, { env });

		expect(given.differing).toEqual([]);
		expect(given.untold).toEqual(['rate-limit']);
		expect(given.found['next-account']).toBe('0 of 2 are repeated');
		expect(needed.differing).toEqual(['account-parameters']);
		expect(given.stdout + needed.stdout).not.toMatch(/[ao]-given/);
	});
});

describe('against a log that holds little', () => {
	test.each([0, 1, 2, 3, 7])('%i events: nothing is said not to hold', async (eventCount) => {
		const small = await startAuditApi({ eventCount });
		try {
			const { code, differing, untold, report } = await probeFacts(small);

			expect({ code, differing }).toEqual({ code: 0, differing: [] });
			expect(report.isLogEmpty).toBe(eventCount === 0);
			expect(untold.includes('from-inclusive')).toBe(eventCount === 0);
			expect(untold.includes('order')).toBe(eventCount < 2);
		} finally {
			await small.stop();
		}
	});

	test('events older than the default range are found', async () => {
		const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
		const old = await startAuditApi({ eventCount: 20, span: { from: at(50), to: at(40) } });
		try {
			const { report, verdicts } = await probeFacts(old);

			expect(report.isLogEmpty).toBe(false);
			expect(verdicts['next-body']).toBe('holds');
		} finally {
			await old.stop();
		}
	});
});

test('fields that are not documented are named, and keys that may be data are only counted', async () => {
	const strange = await startAuditApi({ eventCount: 5 });
	strange.append({ newField: 'private-text', 'user-0042@example.com': 1 });
	try {
		const { differing, found, stdout } = await probeFacts(strange);

		expect(differing).toEqual(['event-fields']);
		expect(found['event-fields']).toBe('not documented: newField, 1 not shown');
		expect(stdout).not.toMatch(/private-text|user-0042/);
	} finally {
		await strange.stop();
	}
});
