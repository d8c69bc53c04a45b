import { type DigestView, formatNumber, moreLine, type Row, spanOf, TITLE } from './digestView';
import { quoted } from './escape';
import { isolated } from './visible';

/** The digest as plain text, one line for each group. What comes from events is in quotes. */
export function digestText(view: DigestView): string {
	const head = [`${TITLE}: ${view.total}`, view.period];
	if (view.rows.length === 0) return head.join('\n');
	const more = moreLine(view.rest);
	return [
		...head,
		'',
		`${view.columns.join(' · ')}:`,
		...view.rows.map(lineOf),
		...(more === undefined ? [] : [more]),
		...(view.note === undefined ? [] : ['', view.note]),
	].join('\n');
}

function lineOf(row: Row): string {
	const span = spanOf(row);
	const name = row.cells
		.map(({ text, kind }) => (kind === 'text' ? isolated(quoted(text)) : text))
		.join(' · ');
	return `- ${name}: ${formatNumber(row.count)}${span && ` (${span})`}`;
}
