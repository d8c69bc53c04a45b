import { endOfString } from '../../shared/model/json';

/**
 * Spreadsheets evaluate a cell that starts with one of these characters, also in its full-width or small
 * form; `|` starts a command in some. Some read the minus sign U+2212 as a hyphen.
 */
const FORMULA = '=+\\-@|\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20\uFF5C';

/**
 * What spreadsheets skip before a formula: spaces, control and invisible characters, quotes. Bounded by
 * the longest cell that a spreadsheet can hold.
 */
const SKIPPED =
	'(?:(?![\\t-\\r])[\\s\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}"\'\\u2018-\\u201F]){0,32767}';

/** What a spreadsheet may read as the end of a cell or line, besides a comma. */
const SEPARATORS = ';|\\t-\\r\\x1C-\\x1F\\x85\\u2028\\u2029\\uFF1B';

const AT_START = new RegExp(`^(?=${SKIPPED}[${FORMULA}\\t-\\r])`, 'u');

// Each matches all that is skipped, whether a formula follows or not: many separators can be skipped, and
// looking for a formula behind each of them anew would take the square of the time.
const RUN = new RegExp(`[,${SEPARATORS}]${SKIPPED}(?=([${FORMULA}])?)`, 'gu');
const RUN_IN_JSON = new RegExp(`([${SEPARATORS}]${SKIPPED})([${FORMULA}]?)`, 'gu');
const RUN_AFTER_COMMA = new RegExp(`(,${SKIPPED})([${FORMULA}]?)`, 'gu');

const FORMULA_AFTER_COMMA = new RegExp(`,${SKIPPED}[${FORMULA}]`, 'u');

const SEPARATOR = new RegExp(`[,${SEPARATORS}]`, 'g');

/**
 * Text that no spreadsheet evaluates as a formula, not even one that reads `;`, a tab or a line break as
 * the end of a cell, and so starts another cell in the middle of the text. An apostrophe, which marks
 * text in spreadsheets, precedes whatever would be evaluated. Removing one apostrophe before each
 * formula restores the text.
 */
export function csvSafe(text: string): string {
	return text
		.replace(AT_START, "'")
		.replace(RUN, (run, formula?: string) => (formula ? run.replace(SEPARATOR, "$&'") : run));
}

/**
 * The same for JSON, which stays valid JSON of the same value: the character becomes an escape sequence.
 *
 * @param separator what separates the cells of the file. A comma ends no cell of a file that it separates,
 * because cells with JSON are in quotes; in other files, quotes do not stop a reader that expects commas.
 */
export function csvJson(json: string, separator: string): string {
	const safe = json.replace(RUN_IN_JSON, escapeFormula);
	return separator === ',' || !FORMULA_AFTER_COMMA.test(safe) ? safe : escapeAfterCommas(safe);
}

/** Only within strings, and at their start: after a comma, a minus can also begin a number. */
function escapeAfterCommas(json: string): string {
	let result = '';
	let copied = 0;
	for (let start = json.indexOf('"'); start !== -1; start = json.indexOf('"', copied)) {
		const end = endOfString(json, start);
		const from = json[start - 1] === ',' ? start - 1 : start;
		result +=
			json.slice(copied, from) + json.slice(from, end).replace(RUN_AFTER_COMMA, escapeFormula);
		copied = end;
	}
	return result + json.slice(copied);
}

function escapeFormula(run: string, before: string, formula: string): string {
	return formula ? `${before}\\u${formula.charCodeAt(0).toString(16).padStart(4, '0')}` : run;
}
