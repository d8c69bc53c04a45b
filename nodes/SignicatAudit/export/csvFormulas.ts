/**
 * Spreadsheets run a cell that begins with one of these, in their usual and in their full-width or small
 * form; `|` begins a command in some. The minus sign U+2212 is taken for a hyphen here and there.
 */
const FORMULA = '=+\\-@|\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20\uFF5C';

/**
 * What spreadsheets pass over before a formula: spaces, control and invisible characters, quotes. No
 * more than a cell can hold.
 */
const PASSED =
	'(?:(?![\\t-\\r])[\\s\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}"\'\\u2018-\\u201F]){0,32767}';

/** What may end a cell or a line for a reader, other than the comma of this file. */
const ENDS = ';|\\t-\\r\\x1C-\\x1F\\x85\\u2028\\u2029\\uFF1B';

const AT_START = new RegExp(`^(?=${PASSED}[${FORMULA}\\t-\\r])`, 'u');
const WITHIN = new RegExp(`(?<=[,${ENDS}])(?=${PASSED}[${FORMULA}])`, 'gu');
const WITHIN_JSON = new RegExp(`([${ENDS}]${PASSED})([${FORMULA}])`, 'gu');

/**
 * Text that is no formula for any reader: also one that takes `;`, a tab or a line break for the end of
 * a cell, and so begins another cell in the middle of the text. An apostrophe stands before whatever
 * would run, which spreadsheets take for "this is text". Taking away one apostrophe wherever a formula
 * follows gives the text back.
 */
export function csvSafe(text: string): string {
	return text.replace(AT_START, "'").replace(WITHIN, "'");
}

/** The same for JSON, which stays JSON of the same value: what would run is an escape sequence of JSON. */
export function csvJson(json: string): string {
	return json.replace(
		WITHIN_JSON,
		(_found, before: string, sign: string) =>
			`${before}\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
