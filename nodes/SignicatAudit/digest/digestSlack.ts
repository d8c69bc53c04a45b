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
import { slackCode } from './escape';
import { isolate, MAX_LENGTH as MAX_CELL_LENGTH, visible } from './visible';

/** Slack rejects a section block with more than 3,000 characters. The rest is left for text around the digest. */
const MAX_LENGTH = 2_900;
/** No line is shorter than ten characters, so more lines never fit. */
const MAX_LINES = MAX_LENGTH / 10;
/** With many long values, not even one line would fit. Those of a line with 20 characters each always do. */
const CELL_LENGTHS = [MAX_CELL_LENGTH, 40, 20];

/**
 * The digest as Slack mrkdwn, always short enough for one section block: groups that do not fit are
 * counted in the last line.
 */
export function digestSlack(view: DigestView): string {
	for (const cellLength of CELL_LENGTHS) {
		const text = fitted(view, cellLength);
		if (text !== undefined) return text;
	}
	return headOf(view);
}

/** @returns undefined if no group fits */
function fitted(view: DigestView, cellLength: number): string | undefined {
	const head = headOf(view);
	const note = view.note === undefined ? '' : `\n\n${view.note}`;
	if (view.rows.length === 0) {
		const lastLine = remainingLine(view.remaining, { hasRows: false });
		return `${head}${lastLine === undefined ? '' : `\n\n${lastLine}`}${note}`;
	}
	const lines = view.rows.slice(0, MAX_LINES).map((row) => lineOf(row, cellLength));
	for (let shown = lines.length; shown > 0; shown--) {
		const lastLine = remainingLine(remainingAfter(view, shown), { hasRows: true });
		const text = [`${head}\n`, `${joined(view.columns, cellLength)}:`, ...lines.slice(0, shown)]
			.concat(lastLine ?? [])
			.join('\n');
		if (text.length + note.length <= MAX_LENGTH) return text + note;
	}
	return undefined;
}

function headOf({ total, period, comparison }: DigestView): string {
	return `*${TITLE}: ${total}*\n${period}${comparison === undefined ? '' : `\n${comparison}`}`;
}

function remainingAfter({ rows, remaining }: DigestView, shown: number): DigestView['remaining'] {
	const hidden = rows.slice(shown);
	const { previousCount } = remaining;
	const sum = (of: (row: Row) => number) => hidden.reduce((total, row) => total + of(row), 0);
	return {
		...remaining,
		groups: remaining.groups + hidden.length,
		count: remaining.count + sum(({ count }) => count),
		...(rows.some(({ change }) => change) && {
			previousCount: (previousCount ?? 0) + sum(({ change }) => change?.previousCount ?? 0),
		}),
	};
}

function lineOf(row: Row, cellLength: number): string {
	const times = timeRange(row);
	const count = `*${formatNumber(row.count)}*${changeSuffix(row)}`;
	return `• ${joined(row.cells, cellLength)}: ${count}${times && ` (${times})`}`;
}

function joined(cells: readonly Cell[], cellLength: number): string {
	return cells
		.map(({ text, kind, value }) => {
			if (kind !== 'text') return text;
			const isWhole = value === undefined || cellLength === MAX_CELL_LENGTH;
			return isolate(slackCode(isWhole ? text : visible(value, { maxLength: cellLength })));
		})
		.join(' · ');
}
