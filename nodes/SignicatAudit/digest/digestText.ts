import { formatNumber } from './change';
import {
	type Cell,
	changeSuffix,
	type DigestView,
	remainingLine,
	type Row,
	timeRange,
	TITLE,
} from './digestView';
import { quote } from './escape';
import { isolate } from './visible';

/** The digest as plain text, one line per group. Text of events is in quotes. */
export function digestText(view: DigestView): string {
	const lastLine = remainingLine(view.remaining, { hasRows: view.rows.length > 0 });
	const lines = [...view.rows.map(lineOf), ...(lastLine === undefined ? [] : [lastLine])];
	return [
		`${TITLE}: ${view.total}`,
		view.period,
		...(view.comparison === undefined ? [] : [view.comparison]),
		...(view.rows.length === 0 ? [] : ['', `${joined(view.columns)}:`]),
		...(view.rows.length === 0 && lines.length > 0 ? [''] : []),
		...lines,
		...(view.note === undefined ? [] : ['', view.note]),
	].join('\n');
}

function lineOf(row: Row): string {
	const times = timeRange(row);
	const count = `${formatNumber(row.count)}${changeSuffix(row)}`;
	return `- ${joined(row.cells)}: ${count}${times && ` (${times})`}`;
}

function joined(cells: readonly Cell[]): string {
	return cells.map(({ text, kind }) => (kind === 'text' ? isolate(quote(text)) : text)).join(' · ');
}
