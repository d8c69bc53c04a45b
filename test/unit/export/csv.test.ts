import { describe, expect, test } from '@jest/globals';
import { read, utils } from '@e965/xlsx';
import fc from 'fast-check';
import { parseJson } from '../../../nodes/shared/model/json';
import {
	CSV_COLUMNS,
	csvCell,
	type CsvOptions,
	csvTable,
} from '../../../nodes/SignicatAudit/export/csv';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

/** Those of our files, and those that a spreadsheet may expect instead. */
const OWN_SEPARATORS = [',', ';', '\t'] as const;
const SEPARATORS = [...OWN_SEPARATORS, '|'] as const;

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
	({
		cursor,
		timestamp: 't',
		message,
		userId: message,
		indexedData: { '=Idp': message },
		data: { message, list: [message, -5, message] },
	}) as AuditEvent;

const fileOf = (separator: CsvOptions['separator'], ...messages: string[]) => {
	const { header, line } = csvTable({ separator, propertyColumns: ['=Idp', 'data.message'] });
	return header + messages.map((message) => line(eventOf(message, message))).join('');
};

/** Parses RFC 4180 character by character. */
function parse(file: string, separator: string): string[][] {
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
		} else if (character === separator || character === '\r') {
			row.push(cell);
			cell = '';
			if (character === separator) continue;
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

describe.each(OWN_SEPARATORS)('a CSV file that is separated by %j', (own) => {
	test('has the same cells for a reader of its own separator, apostrophes aside', () => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const [header = [], ...rows] = parse(fileOf(own, first, second), own);
				expect(header.map(withoutApostrophes)).toEqual([
					...CSV_COLUMNS.slice(0, -2),
					'=Idp',
					'data.message',
					...CSV_COLUMNS.slice(-2),
				]);
				expect(rows.map((row) => row.map(withoutApostrophes))).toEqual(
					[first, second].map((message) =>
						header.map(withoutApostrophes).map((column) => {
							if (column === 'timestamp') return 't';
							if (['indexedData', 'data'].includes(column)) return expect.any(String);
							const carriers = ['cursor', 'message', 'userId', '=Idp', 'data.message'];
							return carriers.includes(column) ? message : '';
						}),
					),
				);
				const json = rows.map((row) => row.slice(-2).map((cell) => JSON.parse(cell) as unknown));
				expect(json).toEqual(
					[first, second].map((message) => [
						{ '=Idp': message },
						{ message, list: [message, -5, message] },
					]),
				);
			}),
		);
	});

	test('has no formula behind anything that could end a cell or a line', () => {
		// An apostrophe prevents the evaluation, so spreadsheets do not skip it.
		const passed = PASSED.replace("'", '');
		// A comma does not end a cell of its own file that is in quotes. The list has a number, which is no formula.
		const ends = own === ',' ? '[;\\t|\\r\\n]' : '[,;\\t|\\r\\n]';
		const formula = new RegExp(`(?:^|${ends})(?!-5,)(?:${passed})*${FORMULA}`, 'u');
		fc.assert(
			fc.property(text, (message) => {
				expect(fileOf(own, message)).not.toMatch(formula);
			}),
			{ numRuns: runs(500) },
		);
	});

	test.each(SEPARATORS)('has no formula for a spreadsheet that separates by %j', (separator) => {
		fc.assert(
			fc.property(text, text, (first, second) => {
				const book = read(fileOf(own, first, second), {
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

	test('is read by its spreadsheet as its cells', () => {
		const messages = ['x;=1+1;y', 'two\nlines', 'a,b', '"', 'a\tb'];
		const book = read(fileOf(own, ...messages), { type: 'string', FS: own, raw: true });
		const rows = utils.sheet_to_json<string[]>(book.Sheets[book.SheetNames[0] ?? ''] ?? {}, {
			header: 1,
		});
		expect(rows.slice(1).map((row) => row[CSV_COLUMNS.indexOf('message')])).toEqual([
			"x;'=1+1;y",
			...messages.slice(1),
		]);
	});

	test('is not slow where a cell is all spaces, quotes and separators', () => {
		const parts = [' ', "'", '"', ';', '; ', '\t', ' =', ";'", '\u2028', '\x85', '\x1c'];
		for (const part of [...parts, ',', ', ', ',=', ",'", '\\']) {
			const long = part.repeat(300_000 / part.length);
			expect(csvCell(`;${long}=`, own).length).toBeGreaterThan(300_000);
			expect(csvCell({ a: `;${long}=` }, own).length).toBeGreaterThan(300_000);
			expect(csvCell([`,${long}=`, `,${long}=`], own).length).toBeGreaterThan(600_000);
		}
	});
});

describe('a CSV file', () => {
	test('has its columns in the order that people know, and properties before the JSON', () => {
		const { header } = csvTable({ separator: ';', propertyColumns: ['Idp', 'a;b', 'data.x'] });
		expect(header).toBe(
			'timestamp;serviceName;eventType;message;userId;clientId;ipAddress;referenceId;traceId;messageId;' +
				'sandbox;accountId;organizationId;jwtId;expiresAt;cursor;Idp;"a;b";data.x;indexedData;data\r\n',
		);
	});

	test('would have formulas for that spreadsheet otherwise', () => {
		const book = read('a,"x;=1+1;y",c\r\n', { type: 'string', FS: ';' });
		const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
		expect(sheet.B1).toMatchObject({ f: '1+1' });
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
		expect(csvCell(value, ',')).toBe(cell);
	});

	test.each([
		[['a', '=1+1'], '["a","\\u003d1+1"]'],
		[['a', " '=1", -5, '-5'], '["a"," \'\\u003d1",-5,"\\u002d5"]'],
		[[-5, -6], '[-5,-6]'],
		[['x,-5', -5], '["x,\\u002d5",-5]'],
		[['\\', '@'], '["\\\\","\\u0040"]'],
		[['\\",=1'], '["\\\\\\",\\u003d1"]'],
		[['=1', { '=k': '=v' }], '["=1",{"=k":"=v"}]'],
		[{ a: '+47', '+b': '' }, '{"a":"+47","\\u002bb":""}'],
	])('has JSON for %j that stays the same for readers that expect commas', (value, json) => {
		expect(JSON.parse(json)).toEqual(value);
		for (const separator of [';', '\t'] as const) {
			expect(csvCell(value, separator)).toBe(`"${json.replaceAll('"', '""')}"`);
		}
		expect(csvCell(value, ',')).toBe(`"${JSON.stringify(value).replaceAll('"', '""')}"`);
	});

	test('holds every digit of a number', () => {
		const event = parseJson(
			'{"cursor":"c","userId":-7615917337495251231,"message":1.0,"indexedData":{"n":7615917337495251231},"data":{"a":[1e400]}}',
		) as AuditEvent;
		const { line } = csvTable({ separator: ',', propertyColumns: ['n', 'data.a', 'x'] });
		expect(line(event)).toBe(
			',,,1.0,-7615917337495251231,,,,,,,,,,,c,7615917337495251231,[1e400],,"{""n"":7615917337495251231}","{""a"":[1e400]}"\r\n',
		);
	});
});
