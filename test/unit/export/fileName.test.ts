import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileName } from '../../../nodes/SignicatAudit/export/fileName';
import { runs } from '../../support/seed';

const plain = (value: unknown) => readFileName(value, { gzip: false });
const packed = (value: unknown) => readFileName(value, { gzip: true });

describe('the name of a file', () => {
	test.each([
		['audit.ndjson', 'audit.ndjson'],
		['  audit log 2026-11.csv ', 'audit log 2026-11.csv'],
		['rapport-æøå-日本.csv', 'rapport-æøå-日本.csv'],
		['../log/audit.ndjson', 'log-audit.ndjson'],
		['..\\C:\\audit.ndjson', 'C--audit.ndjson'],
		['.htaccess', 'htaccess'],
		['--force.csv', 'force.csv'],
		['audit.csv. . ', 'audit.csv'],
		['audit\r\nSet-Cookie: a=b.csv', 'audit Set-Cookie- a=b.csv'],
		['a\u0000b\u001b[31m\u007f\u0085.csv', 'ab[31m.csv'],
		['audit\u202evsc.exe', 'auditvsc.exe'],
		['au\u200bdit\ufeff\u{e0041}.csv', 'audit.csv'],
		['audit\ud83d.csv', 'audit.csv'],
		['e\u0301.csv', '\u00e9.csv'],
		['e\u200b\u0301.csv', '\u00e9.csv'],
		['CON', '_CON'],
		['con.csv', '_con.csv'],
		['Com1.tar.gz', '_Com1.tar.gz'],
		['LPT¹', '_LPT¹'],
		['nul .txt', '_nul .txt'],
		['CO\u200bN', '_CON'],
		['.aux.', '_aux'],
		['console.csv', 'console.csv'],
	])('%j is %j', (asked, name) => {
		expect(plain(asked)).toBe(name);
	});

	test.each(['', ' ', '.', '..', ' . .', '\u200b', '-', '\u0000', '\ud800', undefined, null, {}])(
		'nothing is left of %j',
		(asked) => {
			expect(plain(asked)).toBeUndefined();
		},
	);

	test.each([
		['audit.ndjson', 'audit.ndjson.gz'],
		['audit.ndjson.gz', 'audit.ndjson.gz'],
		['audit.GZ', 'audit.gz'],
		['audit.gz. ', 'audit.gz'],
		['audit', 'audit.gz'],
		['nul', '_nul.gz'],
	])('%j of a compressed file is %j', (asked, name) => {
		expect(packed(asked)).toBe(name);
	});

	test.each([
		['a'.repeat(5000), 'a'.repeat(255)],
		[`${'a'.repeat(5000)}.ndjson`, `${'a'.repeat(248)}.ndjson`],
		[`${'😀'.repeat(100)}.csv`, `${'😀'.repeat(62)}.csv`],
		[`${'a'.repeat(240)} . . . . . . . . . .csv`, `${'a'.repeat(240)}.csv`],
		[`a.${'b'.repeat(5000)}`, `a.${'b'.repeat(253)}`],
	])('a long one is cut before its extension', (asked, name) => {
		expect(plain(asked)).toBe(name);
	});

	test('every file system takes it, and it is its own name', () => {
		const character = fc.oneof(
			fc.constantFrom(
				...'./\\:*?"<>| -\u0000\n\u202e\u200b\ud800',
				'CON',
				'.gz',
				'é',
				'e\u0301',
				'😀',
			),
			fc.string({ unit: 'binary', maxLength: 3 }),
		);
		const asked = fc.array(character, { maxLength: 300 }).map((all) => all.join(''));
		fc.assert(
			fc.property(asked, fc.boolean(), (text, gzip) => {
				const name = readFileName(text, { gzip });
				if (name === undefined) return;
				expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
				expect(name).not.toMatch(/^[-. ]|[. ]$|[\\/:*?"<>|\p{C}\p{Default_Ignorable_Code_Point}]/u);
				expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i);
				expect(name.normalize('NFC')).toBe(name);
				if (gzip) expect(name).toMatch(/\.gz$/);
				expect(readFileName(name, { gzip })).toBe(name);
			}),
			{ numRuns: runs(500) },
		);
	});
});
