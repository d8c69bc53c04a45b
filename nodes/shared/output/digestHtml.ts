import { type Cell, type DigestView, formatNumber, moreLine, type Row, TITLE } from './digestView';
import { escapeHtml } from './escape';

// Mail clients keep inline styles and drop the rest; Outlook knows the table's attributes better.
const GREY = '#5b6570';
const BODY =
	'font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#1f2933;text-align:left';
const CELL = 'padding:6px 16px 6px 0;border-bottom:1px solid #e1e5ea;vertical-align:top';
const HEAD = `padding:6px 16px 6px 0;border-bottom:2px solid #c3cad3;vertical-align:bottom;font-size:12px;color:${GREY};white-space:nowrap`;
const VALUE = `${CELL};word-break:break-word`;
const NUMBER = `${CELL};text-align:right;white-space:nowrap;font-weight:bold`;
const TIME = `${CELL};color:${GREY}`;

/** The digest as HTML to put into a mail: headings and a small table, without anything from elsewhere. */
export function digestHtml(view: DigestView): string {
	return [
		`<div style="${BODY}">`,
		`<p style="margin:0;font-size:18px;line-height:26px"><strong>${escapeHtml(`${TITLE}: ${view.total}`)}</strong></p>`,
		`<p style="margin:0 0 16px 0;color:${GREY}">${escapeHtml(view.period)}</p>`,
		...(view.rows.length === 0 ? [] : [tableOf(view)]),
		...(view.note === undefined
			? []
			: [`<p style="margin:16px 0 0 0;color:${GREY}">${escapeHtml(view.note)}</p>`]),
		'</div>',
	].join('\n');
}

function tableOf({ columns, rows, rest }: DigestView): string {
	const more = moreLine(rest);
	return [
		`<table cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;${BODY}">`,
		`<tr>${columns.map((name) => headCell(name)).join('')}${headCell('Events', 'right')}${headCell('First – Last')}</tr>`,
		...rows.map(rowOf),
		...(more === undefined
			? []
			: [
					`<tr><td colspan="${columns.length + 2}" style="padding:8px 0;color:${GREY}">${escapeHtml(more)}</td></tr>`,
				]),
		'</table>',
	].join('\n');
}

function headCell(name: string, align: 'left' | 'right' = 'left'): string {
	return `<th scope="col" align="${align}" style="${HEAD};text-align:${align}">${escapeHtml(name)}</th>`;
}

function rowOf({ cells, count, ...span }: Row): string {
	return `<tr>${cells.map(valueCell).join('')}<td align="right" style="${NUMBER}">${formatNumber(count)}</td><td style="${TIME}">${timesOf(span)}</td></tr>`;
}

/** On a phone the line may break between the times, not within them. */
function timesOf({ first, last }: Pick<Row, 'first' | 'last'>): string {
	const unbroken = (text: string) => `<span style="white-space:nowrap">${escapeHtml(text)}</span>`;
	return first === last ? unbroken(first) : `${unbroken(`${first} –`)} ${unbroken(last)}`;
}

function valueCell({ text, isValue }: Cell): string {
	const shown = escapeHtml(text);
	return `<td style="${VALUE}">${isValue ? shown : `<em style="color:${GREY}">${shown}</em>`}</td>`;
}
