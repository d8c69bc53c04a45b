import {
	type DigestView,
	formatNumber,
	remainingLine,
	type Row,
	timeRange,
	TITLE,
} from './digestView';
import { quote } from './escape';
import { isolate } from './visible';

/** The digest as plain text, one line per group. Text of events is in quotes. */
export function digestText(view: DigestView): string {
	const head = [`${TITLE}: ${view.total}`, view.period];
	if (view.rows.length === 0) return head.join('\n');
	const lastLine = remainingLine(view.remaining);
	return [
		...head,
		'',
		`${view.columns.join(' · ')}:`,
		...view.rows.map(lineOf),
		...(lastLine === undefined ? [] : [lastLine]),
		...(view.note === undefined ? [] : ['', view.note]),
	].join('\n');
}

function lineOf(row: Row): string {
	const times = timeRange(row);
	const name = row.cells
		.map(({ text, kind }) => (kind === 'text' ? isolate(quote(text)) : text))
		.join(' · ');
	return `- ${name}: ${formatNumber(row.count)}${times && ` (${times})`}`;
}
