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

/** What a spreadsheet may read as the end of a cell or line, besides the comma of this file. */
const SEPARATORS = ';|\\t-\\r\\x1C-\\x1F\\x85\\u2028\\u2029\\uFF1B';

const AT_START = new RegExp(`^(?=${SKIPPED}[${FORMULA}\\t-\\r])`, 'u');
const WITHIN = new RegExp(`(?<=[,${SEPARATORS}])(?=${SKIPPED}[${FORMULA}])`, 'gu');
const WITHIN_JSON = new RegExp(`([${SEPARATORS}]${SKIPPED})([${FORMULA}])`, 'gu');

/**
 * Text that no spreadsheet evaluates as a formula, not even one that reads `;`, a tab or a line break as
 * the end of a cell, and so starts another cell in the middle of the text. An apostrophe, which marks
 * text in spreadsheets, precedes whatever would be evaluated. Removing one apostrophe before each
 * formula restores the text.
 */
export function csvSafe(text: string): string {
	return text.replace(AT_START, "'").replace(WITHIN, "'");
}

/** The same for JSON, which stays valid JSON of the same value: the character becomes an escape sequence. */
export function csvJson(json: string): string {
	return json.replace(
		WITHIN_JSON,
		(_match, before: string, character: string) =>
			`${before}\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
