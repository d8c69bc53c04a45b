import { type DigestView, formatNumber, moreLine, type Row, spanOf, TITLE } from './digestView';
import { slackCode } from './escape';
import { isolated } from './visible';

/** Slack refuses a section block whose text is longer; a little is left for what people put around it. */
const MOST_CHARACTERS = 2_900;
/** The shortest line has ten characters, so there is never room for more of them. */
const MOST_LINES = MOST_CHARACTERS / 10;

/**
 * The digest as Slack mrkdwn, always short enough for one section block: groups for which there is
 * no room are counted in the last line.
 */
export function digestSlack(view: DigestView): string {
	const head = `*${TITLE}: ${view.total}*\n${view.period}`;
	if (view.rows.length === 0) return head;
	const note = view.note === undefined ? '' : `\n\n${view.note}`;
	const lines = view.rows.slice(0, MOST_LINES).map(lineOf);
	for (let shown = lines.length; ; shown--) {
		const hidden = view.rows.slice(shown);
		const more = moreLine({
			...view.rest,
			groups: view.rest.groups + hidden.length,
			count: hidden.reduce((sum, { count }) => sum + count, view.rest.count),
		});
		const text = [`${head}\n`, `${view.columns.join(' · ')}:`, ...lines.slice(0, shown)]
			.concat(more ?? [])
			.join('\n');
		if (shown === 0 || text.length + note.length <= MOST_CHARACTERS) return text + note;
	}
}

function lineOf(row: Row): string {
	const span = spanOf(row);
	const name = row.cells
		.map(({ text, kind }) => (kind === 'text' ? isolated(slackCode(text)) : text))
		.join(' · ');
	return `• ${name}: *${formatNumber(row.count)}*${span && ` (${span})`}`;
}
