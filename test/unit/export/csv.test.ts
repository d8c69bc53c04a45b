import { describe, expect, test } from '@jest/globals';
import { read, utils } from '@e965/xlsx';
import fc from 'fast-check';
import { parseJson } from '../../../nodes/shared/model/json';
import { CSV_COLUMNS, CSV_HEADER, csvCell, csvLine } from '../../../nodes/SignicatAudit/export/csv';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

const SEPARATORS = [',', ';', '\t', '|'] as const;

const piece = fc.oneof(
	fc.constantFrom(
		...'=+-@|;,\t\r\n"\' \u0000\u200b\u2060\ufeff\u00a0\u2028\uff1d\uff0b\uff0d\uff20',
	),
	fc.constantFrom('=1+1', '=HYPERLINK("x")', '\r\n', '""', "'=", 'abc', '5', '\u{e0041}', '🏴'),
	fc.string({ unit: 'binary', maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** A file with the cells between others, as in an event. */
const eventOf = (message: unknown, cursor = 'c'): AuditEvent =>
	({ cursor, timestamp: 't', message, userId: message, data: { message } }) as AuditEvent;

const fileOf = (...messages: string[]) =>
	CSV_HEADER + messages.map((message) => csvLine(eventOf(message, message))).join('');

/** Parses RFC 4180 character by character. */
function parse(file: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let cell = '';
	let isQuoted = false;
	for (let i = 0; i < file.length; i++) {
		const character = file.charAt(i);
		if (isQuoted) {
			if (character !== '"') cell += character;
			else if (file[i + 1] === '"') cell += file.charAt(++i);
			else isQuoted = false;
		} else if (character === '"') {
			expect(cell).toBe('');
			isQuoted = true;
		} else if (character === ',' || character === '\r') {
			row.push(cell);
			cell = '';
			if (character === ',') continue;
			expect(file[++i]).toBe('\n');
			rows.push(row);
			row = [];
		} else {
			cell += character;
		}
	}
	expect([row, cell, isQuoted]).toEqual([[], '', false]);
	return rows;
}

const PASSED = `[^\\P{Cc}\\t-\\r]|[\\p{Zs}\\p{Zl}\\p{Zp}\\p{Cf}\\p{Default_Ignorable_Code_Point}"'\\u2018-\\u201f]`;
const FORMULA = '[=+\\-@|\\u2212\\ufe62\\ufe63\\ufe66\\ufe6b\\uff0b\\uff0d\\uff1d\\uff20\\uff5c]';

/** The cell without what csvCell added. */
const withoutApostrophes = (cell: string) =>
	cell
		.replace(
			new RegExp(
				`(?<=[,;|\\t-\\r\\x1c-\\x1f\\x85\\u2028\\u2029\\uff1b])'(?=(?:${PASSED})*${FORMULA})`,
				'gu',
			),
			'',
		)
		.replace(new RegExp(`^'(?=(?:${PASSED})*(?:${FORMULA}|[\\t-\\r]))`, 'u'), '');

describe('a CSV file', () => {
	test('has the same cells for a reader of its own separator, apostrophes aside', () => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const [, ...rows] = parse(fileOf(first, second));
				expect(rows.map((row) => row.map(withoutApostrophes))).toEqual(
					[first, second].map((message) =>
						CSV_COLUMNS.map((column) => {
							if (column === 'timestamp') return 't';
							if (column === 'data') return expect.any(String);
							return ['cursor', 'message', 'userId'].includes(column) ? message : '';
						}),
					),
				);
				const data = rows.map((row) => JSON.parse(row.at(-1) ?? '') as unknown);
				expect(data).toEqual([{ message: first }, { message: second }]);
			}),
		);
	});

	test('has no formula behind anything that could end a cell or a line', () => {
		// An apostrophe prevents the evaluation, so spreadsheets do not skip it.
		const passed = PASSED.replace("'", '');
		const formula = new RegExp(`(?:^|[;\\t|\\r\\n])(?:${passed})*${FORMULA}`, 'u');
		fc.assert(
			fc.property(text, (message) => {
				expect(fileOf(message)).not.toMatch(formula);
			}),
			{ numRuns: runs(500) },
		);
	});

	test.each(SEPARATORS)('has no formula for a spreadsheet that separates by %j', (separator) => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const book = read(fileOf(first, second), {
					type: 'string',
					FS: separator,
					cellFormula: true,
				});
				const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
				for (const [, cell] of Object.entries(sheet)) {
					expect((cell as { f?: string }).f).toBeUndefined();
				}
			}),
		);
	});

	test('would have formulas for that spreadsheet otherwise', () => {
		const book = read('a,"x;=1+1;y",c\r\n', { type: 'string', FS: ';' });
		const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
		expect(sheet.B1).toMatchObject({ f: '1+1' });
	});

	test('is read by that spreadsheet as its cells', () => {
		const messages = ['x;=1+1;y', 'two\nlines', 'a,b', '"', 'a\tb'];
		const book = read(fileOf(...messages), { type: 'string', FS: ',', raw: true });
		const rows = utils.sheet_to_json<string[]>(book.Sheets[book.SheetNames[0] ?? ''] ?? {}, {
			header: 1,
		});
		expect(rows.slice(1).map((row) => row[CSV_COLUMNS.indexOf('message')])).toEqual([
			"x;'=1+1;y",
			...messages.slice(1),
		]);
	});

	test.each([
		['=1+1', "'=1+1"],
		['-5', "'-5"],
		["'=1", "''=1"],
		['\u200b=1', "'\u200b=1"],
		['\u{e0041}@x', "'\u{e0041}@x"],
		['\uff1d1', "'\uff1d1"],
		['\u0000=1', '"\'\u0000=1"'],
		['\t=1', '"\'\t\'=1"'],
		['"=1"', '"\'""=1"""'],
		['x;=1', '"x;\'=1"'],
		['x\r\n@y', '"x\r\n\'@y"'],
		['x|y', '"x|y"'],
		[' x', '" x"'],
		['a - b = c', 'a - b = c'],
		['a@b.example', 'a@b.example'],
		[-5, '-5'],
		[true, 'true'],
		[{ a: ';=1' }, '"{""a"":"";\\u003d1""}"'],
		[[1, -5, '-5'], '"[1,-5,""-5""]"'],
		[null, ''],
	])('has for %j the cell %s', (value, cell) => {
		expect(csvCell(value)).toBe(cell);
	});

	test('holds every digit of a number', () => {
		const event = parseJson(
			'{"cursor":"c","userId":-7615917337495251231,"message":1.0,"data":{"a":[1e400]}}',
		) as AuditEvent;
		expect(csvLine(event)).toBe(',,,1.0,-7615917337495251231,,,,,,,,,,,c,,"{""a"":[1e400]}"\r\n');
	});

	test('is not slow where a cell is all spaces, quotes and separators', () => {
		for (const part of [' ', "'", '"', ';', '; ', '\t', ' =', ";'", '\u2028', '\x85', '\x1c']) {
			const long = part.repeat(300_000 / part.length);
			expect(csvCell(`;${long}=`).length).toBeGreaterThan(300_000);
			expect(csvCell({ a: `;${long}=` }).length).toBeGreaterThan(300_000);
		}
	});
});
