import { formatNumber } from './change';
import {
	type Cell,
	type DigestView,
	remainingLine,
	type Row,
	type RowChange,
	TITLE,
} from './digestView';
import { escapeHtml } from './escape';

// Mail clients keep inline styles and drop the rest; Outlook supports the table's attributes better. Every
// element sets both of its colors, because mail clients invert colors in dark mode, and would invert only
// one of them otherwise. Outlook ignores what is !important, so each text color is also set without it.
const WHITE = '#ffffff';
const DARK = '#1f2933';
const GREY = '#5b6570';
const inColor = (color: string) =>
	`background-color:${WHITE}!important;color:${color};color:${color}!important`;

const FONT = 'font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px';
const CELL = 'padding:6px 16px 6px 0;border-bottom:1px solid #e1e5ea;vertical-align:top';
const HEAD = `padding:6px 16px 6px 0;border-bottom:2px solid #c3cad3;vertical-align:bottom;font-size:12px;white-space:nowrap;${inColor(GREY)}`;
const ROW_HEAD = `${CELL};text-align:left;font-weight:normal`;
const VALUE = `${ROW_HEAD};word-break:break-word;${inColor(DARK)}`;
const NO_VALUE = `${ROW_HEAD};font-style:italic;${inColor(GREY)}`;
const NUMBER = `${CELL};text-align:right;white-space:nowrap;font-weight:bold;${inColor(DARK)}`;
const TIME = `${CELL};${inColor(GREY)}`;
const BEFORE = `${CELL};text-align:right;white-space:nowrap;${inColor(GREY)}`;
const CHANGE = `${CELL};${inColor(DARK)}`;
const LINE = `white-space:nowrap;${inColor(DARK)}`;
const UNBROKEN = `white-space:nowrap;${inColor(GREY)}`;
const BACKGROUND = `bgcolor="${WHITE}"`;

/**
 * The digest as HTML for an email: a heading and a small table, without external resources. A screen reader finds its
 * language, which may not be that of the mail reader, and the names of columns and rows.
 */
export function digestHtml(view: DigestView): string {
	const title = escapeHtml(`${TITLE}: ${view.total}`);
	const lines = [view.period, ...(view.comparison === undefined ? [] : [view.comparison])];
	const isEmpty = view.rows.length === 0 && view.remaining.groups === 0;
	return [
		`<div lang="en" style="padding:16px;color-scheme:light only;text-align:left;${FONT};${inColor(DARK)}">`,
		`<h1 style="margin:0;font-size:18px;line-height:26px;font-weight:bold;${inColor(DARK)}">${title}</h1>`,
		...lines.map((line, index) => {
			const margin = index === lines.length - 1 ? '0 0 16px 0' : '0';
			return `<p style="margin:${margin};${inColor(GREY)}">${escapeHtml(line)}</p>`;
		}),
		...(isEmpty ? [] : [tableOf(view)]),
		...(view.note === undefined
			? []
			: [`<p style="margin:16px 0 0 0;${inColor(GREY)}">${escapeHtml(view.note)}</p>`]),
		'</div>',
	].join('\n');
}

function tableOf({ columns, rows, remaining }: DigestView): string {
	const lastLine = remainingLine(remaining, { hasRows: rows.length > 0 });
	const isCompared = rows.some(({ change }) => change);
	const style = `border-collapse:collapse;text-align:left;${FONT};${inColor(DARK)}`;
	const heads = [
		...columns.map((column) => headCell(shownText(column))),
		headCell('Events', 'right'),
		...(isCompared ? [headCell('Before', 'right'), headCell('Change')] : []),
		headCell('First – Last'),
	];
	return [
		`<table cellpadding="0" cellspacing="0" border="0" ${BACKGROUND} style="${style}">`,
		...(rows.length === 0 ? [] : [`<tr>${heads.join('')}</tr>`]),
		...rows.map(rowOf),
		...(lastLine === undefined
			? []
			: [
					`<tr><td colspan="${heads.length}" ${BACKGROUND} style="padding:8px 0;${inColor(GREY)}">${escapeHtml(lastLine)}</td></tr>`,
				]),
		'</table>',
	].join('\n');
}

function headCell(name: string, align: 'left' | 'right' = 'left'): string {
	return `<th scope="col" align="${align}" ${BACKGROUND} style="${HEAD};text-align:${align}">${escapeHtml(name)}</th>`;
}

function rowOf({ cells, count, change, ...times }: Row): string {
	return `<tr>${cells.map(valueCell).join('')}<td align="right" ${BACKGROUND} style="${NUMBER}">${formatNumber(count)}</td>${change ? changeCells(change) : ''}<td ${BACKGROUND} style="${TIME}">${timeRangeHtml(times, { isStacked: change !== undefined })}</td></tr>`;
}

function changeCells({ before, change }: RowChange): string {
	// The percentage on a line of its own, as the second time is.
	const lines = change
		.split(/ (?=\()/)
		.map((line) => `<div style="${LINE}">${escapeHtml(line)}</div>`);
	return `<td align="right" ${BACKGROUND} style="${BEFORE}">${escapeHtml(before)}</td><td ${BACKGROUND} style="${CHANGE}">${lines.join(' ')}</td>`;
}

/**
 * On narrow screens, lines may break between the two times but not within them. If stacked, they always
 * do: with the columns of a comparison, the names would have too little room otherwise.
 */
function timeRangeHtml(
	{ first, last }: Pick<Row, 'first' | 'last'>,
	{ isStacked }: { isStacked: boolean },
): string {
	const tag = isStacked ? 'div' : 'span';
	const unbroken = (text: string) => `<${tag} style="${UNBROKEN}">${escapeHtml(text)}</${tag}>`;
	return first === last ? unbroken(first) : `${unbroken(`${first} –`)} ${unbroken(last)}`;
}

/** The values of a group are the name of its row. */
function valueCell(cell: Cell): string {
	const style = cell.kind === 'nothing' ? NO_VALUE : VALUE;
	return `<th scope="row" align="left" ${BACKGROUND} style="${style}">${escapeHtml(shownText(cell))}</th>`;
}

/** Text that looks like a value of another type, quoted or not. */
const AMBIGUOUS = /^"*(?:true|false|\(none\)|\(empty\))"*$/;

/** Different values look different: where text and another type would look the same, one of them is marked. */
function shownText({ text, kind }: Cell): string {
	if (kind === 'number') return `${text} ‹number›`;
	return kind === 'text' && AMBIGUOUS.test(text) ? `"${text}"` : text;
}
