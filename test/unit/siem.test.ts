import { describe, expect, test } from '@jest/globals';
import { cefLine } from '../../nodes/shared/formats/cef';
import { ecsDocument } from '../../nodes/shared/formats/ecs';
import { ocsfEvent } from '../../nodes/shared/formats/ocsf';
import type { AuditEvent } from '../../nodes/shared/model/event';
import { BARE_EVENT, FULL_EVENT } from '../support/auditEvents';
import { parseCef } from '../support/cefParser';
import { read } from '../support/projectFiles';
import ecsSchema from '../support/schemas/ecs.json';
import ocsfSchema from '../support/schemas/ocsf.json';

const page = read('docs/siem.md');
const outcome = { property: 'jwtId', success: ['yes'], failure: ['no'] };
const ORIGINAL = ['event.original', 'raw_data'];

/** Two events that differ in one row of the table only. */
const eventsWith = (field: string, first: unknown, second: unknown): [AuditEvent, AuditEvent] => [
	{ ...BARE_EVENT, [field]: first },
	{ ...BARE_EVENT, [field]: second },
];
const PAIRS: Record<string, [AuditEvent, AuditEvent]> = {
	'`timestamp`': eventsWith('timestamp', '2026-11-01T12:00:00Z', '2026-11-02T12:00:00Z'),
	'`timestamp` that is unreadable': eventsWith('timestamp', 'yesterday', 'today'),
	'`ipAddress`, IPv4': eventsWith('ipAddress', '192.0.2.1', '192.0.2.2'),
	'`ipAddress`, IPv6': eventsWith('ipAddress', '2001:db8::1', '2001:db8::2'),
	'`ipAddress`, anything else': eventsWith('ipAddress', 'host-1', 'host-2'),
	'`indexedData`': eventsWith('indexedData', { Idp: 'nbid' }, { Idp: 'sbid' }),
	'`data`': eventsWith('data', { step: 1 }, { step: 2 }),
	'`sandbox`': eventsWith('sandbox', true, false),
	'`mayHaveMoreData`': eventsWith('mayHaveMoreData', true, false),
	'any other field': eventsWith('unheardOf', 1, 2),
};
const pairFor = (row: string): [AuditEvent, AuditEvent] =>
	PAIRS[row] ?? eventsWith(/^`(\w+)`$/.exec(row)?.[1] ?? row, 'one', 'two');

/** The paths of all values in a record. */
function leaves(value: unknown, path = ''): Map<string, unknown> {
	if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
	return new Map(
		Object.entries(value).flatMap(([key, child]) => [
			...leaves(child, path === '' ? key : `${path}.${key}`),
		]),
	);
}

const FORMATS: Record<string, (event: AuditEvent) => unknown> = {
	ECS: (event) => ecsDocument(event, { outcome, includeOriginal: true }),
	OCSF: (event) => ocsfEvent(event, { outcome, includeOriginal: true }),
	CEF: (event) => {
		const { extension, signatureId, name } = parseCef(cefLine(event, { outcome }));
		return { ...extension, 'Event Class ID': signatureId, Name: name };
	},
};

/** Where two records differ. */
function differences(format: string, [first, second]: [AuditEvent, AuditEvent]): string[] {
	const map = FORMATS[format] as (event: AuditEvent) => unknown;
	const [before, after] = [leaves(map(first)), leaves(map(second))];
	const paths = new Set([...before.keys(), ...after.keys()]);
	return [...paths].filter(
		(path) => before.get(path) !== after.get(path) && !ORIGINAL.includes(path),
	);
}

const rows = page
	.split('\n')
	.filter((line) => /^\| (`|any|the|all)/.test(line))
	.map((line) =>
		line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim()),
	);

/** The names in a cell of the table. `.*` stands for a name that only the event knows. */
const namesIn = (cell = '') =>
	cell === '–'
		? []
		: cell.split(', ').map((name) => name.replaceAll('`', '').replace(/\.\*$/, '.…'));

const withoutOwnNames = (path: string) =>
	path.replace(/\.(Idp|step|unheardOf)$/, '.…').replace(/^(unheardOf)$/, '…');

describe('docs/siem.md', () => {
	const mapped = rows.filter(([row = '']) => !/^(the outcome|all of it)/.test(row));

	test('has a row for each field of an event', () => {
		const fields = mapped.map(([row = '']) => /^`(\w+)`/.exec(row)?.[1]);
		expect(new Set(fields.filter((field) => field !== undefined))).toEqual(
			new Set(Object.keys(FULL_EVENT)),
		);
		expect(rows).toHaveLength(mapped.length + 2);
	});

	test.each(mapped.map(([row = '', ...cells]) => [row, cells] as const))(
		'says where the field goes: %s',
		(row, cells) => {
			Object.keys(FORMATS).forEach((format, index) => {
				const found = differences(format, pairFor(row)).map(withoutOwnNames);
				expect([format, ...found.sort()]).toEqual([format, ...namesIn(cells[index]).sort()]);
			});
		},
	);

	test('says where the outcome goes', () => {
		const pair = eventsWith('jwtId', 'yes', 'no');
		const [, ...cells] = rows.find(([row]) => row === 'the outcome (see below)') ?? [];
		Object.keys(FORMATS).forEach((format, index) => {
			const found = differences(format, pair).filter((path) => !path.endsWith('jwtId'));
			expect([format, ...found.sort()]).toEqual([format, ...namesIn(cells[index]).sort()]);
		});
	});

	test('says where the original goes', () => {
		const [, ecs, ocsf, cef] = rows.find(([row]) => row === 'all of it, as JSON') ?? [];
		expect([ecs, ocsf, cef]).toEqual([
			'`event.original`, with **Include Original**',
			'`raw_data`, with **Include Original**',
			'–',
		]);
		expect(leaves(FORMATS.ECS?.(BARE_EVENT)).has('event.original')).toBe(true);
		expect(leaves(FORMATS.OCSF?.(BARE_EVENT)).has('raw_data')).toBe(true);
	});

	test('names the versions of the schemas, and what is the same in every event', () => {
		expect(page).toContain(`(https://www.elastic.co/docs/reference/ecs) ${ecsSchema.version}`);
		expect(page).toContain(`(https://schema.ocsf.io/${ocsfSchema.version}/) ${ocsfSchema.version}`);
		expect(FORMATS.OCSF?.(FULL_EVENT)).toMatchObject({
			category_uid: 6,
			class_uid: 6003,
			activity_id: 99,
			type_uid: 600399,
			severity_id: 0,
		});
		for (const text of [
			'`category_uid` 6',
			'`class_uid` 6003',
			'`activity_id` 99',
			'`type_uid` 600399',
		])
			expect(page).toContain(text);
	});
});
