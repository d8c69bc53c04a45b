import {
	type DigestView,
	formatNumber,
	remainingLine,
	type Row,
	timeRange,
	TITLE,
} from './digestView';
import { slackCode } from './escape';
import { isolate } from './visible';

/** Slack rejects a section block with more than 3,000 characters. The rest is left for text around the digest. */
const MAX_LENGTH = 2_900;
/** No line is shorter than ten characters, so more lines never fit. */
const MAX_LINES = MAX_LENGTH / 10;

/**
 * The digest as Slack mrkdwn, always short enough for one section block: groups that do not fit are
 * counted in the last line.
 */
export function digestSlack(view: DigestView): string {
	const head = `*${TITLE}: ${view.total}*\n${view.period}`;
	if (view.rows.length === 0) return head;
	const note = view.note === undefined ? '' : `\n\n${view.note}`;
	const lines = view.rows.slice(0, MAX_LINES).map(lineOf);
	for (let shown = lines.length; ; shown--) {
		const hidden = view.rows.slice(shown);
		const lastLine = remainingLine({
			...view.remaining,
			groups: view.remaining.groups + hidden.length,
			count: hidden.reduce((sum, { count }) => sum + count, view.remaining.count),
		});
		const text = [`${head}\n`, `${view.columns.join(' · ')}:`, ...lines.slice(0, shown)]
			.concat(lastLine ?? [])
			.join('\n');
		if (shown === 0 || text.length + note.length <= MAX_LENGTH) return text + note;
	}
}

function lineOf(row: Row): string {
	const times = timeRange(row);
	const name = row.cells
		.map(({ text, kind }) => (kind === 'text' ? isolate(slackCode(text)) : text))
		.join(' · ');
	return `• ${name}: *${formatNumber(row.count)}*${times && ` (${times})`}`;
}
