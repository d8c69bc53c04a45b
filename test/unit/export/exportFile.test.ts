import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	exportBytes,
	exportFileName,
	type ExportOptions,
	mimeTypeOf,
} from '../../../nodes/SignicatAudit/export/exportFile';
import { FORMATS } from '../../../nodes/SignicatAudit/export/exportFormats';
import { chainSha256, FileRecord } from '../../../nodes/SignicatAudit/export/fileRecord';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { formatTimestamp, parseEventTime } from '../../../nodes/shared/model/instant';
import { runs } from '../../support/seed';
import { instants } from '../support/arbitraries';

const OPTIONS: ExportOptions = {
	format: 'ndjson',
	gzip: false,
	includeBom: false,
	separator: ',',
	propertyColumns: [],
	outcome: DEFAULT_OUTCOME_RULE,
	includeOriginal: false,
	readAt: '2026-11-02T08:00:00.000Z',
};

const timestamps = fc.oneof(
	instants.map(formatTimestamp),
	fc.constantFrom('2026-11-01T00:00:00+01:00', '2026-11-01T00:00:00', 'unknown', ''),
);

const events = fc.array(
	fc.record({ cursor: fc.string(), timestamp: timestamps, message: fc.string({ unit: 'binary' }) }),
	{ maxLength: 12 },
) as fc.Arbitrary<AuditEvent[]>;

/** Cuts a list into pages, some of which are empty. */
async function* pagesOf(list: AuditEvent[], cuts: number[]): AsyncGenerator<AuditEvent[]> {
	let from = 0;
	for (const cut of cuts) {
		yield list.slice(from, from + cut);
		from += cut;
	}
	yield list.slice(from);
}

async function exported(
	list: AuditEvent[],
	options: Partial<ExportOptions> = {},
	cuts: number[] = [],
) {
	const record = new FileRecord();
	const chunks: Uint8Array[] = [];
	for await (const chunk of exportBytes(pagesOf(list, cuts), { ...OPTIONS, ...options }, record)) {
		chunks.push(chunk);
	}
	return { bytes: Buffer.concat(chunks), facts: record.end() };
}

const sha256Of = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

describe.each(FORMATS)('a file in the format %s', (format) => {
	test('is the same however the events are divided into pages', async () => {
		const cuts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 });
		await fc.assert(
			fc.asyncProperty(events, cuts, async (list, divided) => {
				const whole = await exported(list, { format });
				expect(await exported(list, { format }, divided)).toEqual(whole);
			}),
		);
	});

	test.each([false, true])('has the facts of its own bytes, with gzip: %j', async (gzip) => {
		await fc.assert(
			fc.asyncProperty(events, async (list) => {
				const { bytes, facts } = await exported(list, { format, gzip });
				const { bytes: plain } = await exported(list, { format });
				expect(gzip ? gunzipSync(bytes) : bytes).toEqual(plain);
				expect(facts).toMatchObject({
					count: list.length,
					size: bytes.length,
					sha256: sha256Of(bytes),
				});
			}),
			{ numRuns: runs(30) },
		);
	});

	test('has the first and the last time, as they were sent, in whatever order', async () => {
		await fc.assert(
			fc.asyncProperty(events, async (list) => {
				const { facts } = await exported(list, { format });
				const sent = list.map(({ timestamp }) => timestamp);
				const times = sent.map(parseEventTime).filter((time) => time !== undefined);
				const sorted = times.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
				for (const [at, time] of [
					[facts.firstAt, sorted[0]],
					[facts.lastAt, sorted.at(-1)],
				] as const) {
					if (time === undefined) expect(at).toBeNull();
					else expect([sent.includes(at ?? ''), parseEventTime(at ?? '')]).toEqual([true, time]);
				}
			}),
		);
	});

	test('has a name and a type that do not change with the options of CSV', () => {
		const window = { from: 0n, to: 86_400_000_000_000n };
		const options: ExportOptions = { ...OPTIONS, format, separator: '\t' };
		const name = exportFileName(window, options);
		expect(name).toMatch(/^signicat-audit_19700101T000000Z_19700102T000000Z\.[a-z]+$/);
		expect(exportFileName(window, { ...options, gzip: true })).toBe(`${name}.gz`);
		expect(mimeTypeOf(options)).toMatch(/^(text|application)\/[a-z-]+$/);
		expect(mimeTypeOf({ ...options, gzip: true })).toBe('application/gzip');
	});
});

describe('a file', () => {
	const list = [
		{ cursor: 'a', timestamp: '2026-11-02T00:00:00Z' },
		{ cursor: 'b', timestamp: '2026-11-01T00:00:00Z' },
	] as AuditEvent[];
	const objects = list.map((event) => JSON.stringify(event));

	test.each([
		['ndjson', `${objects.join('\n')}\n`, ''],
		['json', `[\n${objects.join(',\n')}\n]\n`, '[]\n'],
	] as const)('in the format %s has the text of its events', async (format, text, empty) => {
		expect((await exported(list, { format })).bytes.toString()).toBe(text);
		expect((await exported([], { format })).bytes.toString()).toBe(empty);
	});

	test('without events has no first and no last time, and the hash of what it contains', async () => {
		expect((await exported([])).facts).toEqual({
			count: 0,
			firstAt: null,
			lastAt: null,
			size: 0,
			sha256: sha256Of(''),
		});
	});

	test('passes a failure on', async () => {
		async function* failing(): AsyncGenerator<AuditEvent[]> {
			yield list;
			throw new Error('no more pages');
		}
		for (const gzip of [false, true]) {
			const reading = async () => {
				for await (const chunk of exportBytes(failing(), { ...OPTIONS, gzip }, new FileRecord())) {
					expect(chunk.length).toBeGreaterThan(0);
				}
			};
			await expect(reading()).rejects.toThrow('no more pages');
		}
	});
});

describe('the chain of files', () => {
	const hex = fc.stringMatching(/^[\da-f]{64}$/);

	test('starts with the hash of the first one, hashed', () => {
		expect(chainSha256('', 'ab'.repeat(32))).toBe(sha256Of('ab'.repeat(32)));
	});

	test('changes with every file before, and with their order', () => {
		const chainOf = (hashes: string[]) =>
			hashes.reduce((previous, sha256) => chainSha256(previous, sha256), '');
		fc.assert(
			fc.property(fc.uniqueArray(hex, { minLength: 3, maxLength: 6 }), (hashes) => {
				const [first = '', second = '', ...others] = hashes;
				const chain = chainOf(hashes);
				expect(chain).toMatch(/^[\da-f]{64}$/);
				expect(chainOf(hashes)).toBe(chain);
				expect(chainOf([second, first, ...others])).not.toBe(chain);
				expect(chainOf(hashes.slice(1))).not.toBe(chain);
				expect(chainOf(hashes.slice(0, -1))).not.toBe(chain);
				expect(chainOf([first, first, ...others])).not.toBe(chain);
			}),
		);
	});
});
