import { sortableInstant, sortableTime } from '../../shared/model/sortableTime';
import type { Window } from '../../shared/model/window';
import { type Change, changeText, formatNumber } from './change';
import type { Digest, Group, GroupComparison } from './digest';
import type { ZoneClock } from './digestTime';
import type { Column, GroupKey, GroupValue } from './groupBy';
import { minimumNote, truncationNote } from './notes';
import { visible } from './visible';

/** The content of a digest, the same in every format. Values fit on one line, but are not escaped yet. */
export interface DigestView {
	/** e.g. `1,234 events` or `No events`. */
	total: string;
	/** e.g. `2026-11-01 00:00 – 2026-12-01 00:00 (Europe/Oslo)`. */
	period: string;
	/** The previous period and the change since, if the digest is compared. */
	comparison?: string;
	/** The labels of the cells of a row. */
	columns: Cell[];
	rows: Row[];
	/** The groups that have no row. */
	remaining: RemainingGroups;
	note?: string;
}

export interface Row {
	cells: Cell[];
	count: number;
	/** Only if the digest is compared. */
	change?: RowChange;
	/** e.g. `2026-11-01 14:07`; empty if no timestamp of the group can be read. */
	first: string;
	last: string;
}

export interface RowChange {
	/** Null if it is not known. */
	previousCount: number | null;
	/** e.g. `1,234`, or `unknown`. */
	before: string;
	/** e.g. `▲ +12 (+20%)`, `▲ new` or `▼ ended`; empty if it is not known. */
	change: string;
}

export interface Cell {
	text: string;
	/**
	 * The type of the event's value; `time` for a day or an hour, `nothing` if it is missing or empty,
	 * `label` for text of the digest itself.
	 */
	kind: 'text' | 'number' | 'boolean' | 'time' | 'nothing' | 'label';
	/** The value, if `text` may be a part of it. */
	value?: string;
}

export interface RemainingGroups {
	groups: number;
	count: number;
	/** Only if the digest is compared. */
	previousCount?: number;
	/** Whether there may be more groups than `groups`. */
	isTruncated: boolean;
}

export const TITLE = 'Signicat audit log';

const LABELS: Record<GroupKey, string> = {
	clientId: 'Client ID',
	day: 'Day',
	eventType: 'Event Type',
	hour: 'Hour',
	ipAddress: 'IP Address',
	serviceName: 'Service Name',
	userId: 'User ID',
};

export interface DigestContext {
	window: Window;
	/** The period that the digest is compared with. */
	previousWindow?: Window;
	columns: readonly Column[];
	/** How many events a group must have to be listed. Defaults to 1. */
	minimumCount?: number;
	/** IANA name of the time zone of `clock`. */
	timeZone: string;
	clock: ZoneClock;
}

export function viewDigest(digest: Digest, context: DigestContext): DigestView {
	const { window, previousWindow, columns, timeZone, clock } = context;
	const { other, previous } = digest;
	const rangeOf = ({ from, to }: Window) =>
		`${clock(sortableInstant(from))} – ${clock(sortableInstant(to))}`;
	const notes = [minimumNote(digest, context.minimumCount ?? 1), truncationNote(digest)];
	const note = notes.filter((text) => text !== undefined).join(' ');
	return {
		total: countOrNone(digest.total),
		period: `${rangeOf(window)} (${timeZone})`,
		...(previous &&
			previousWindow && { comparison: comparisonLine(previous, rangeOf(previousWindow)) }),
		columns: columns.map(labelOf),
		rows: digest.groups.map((group) => rowOf(group, context)),
		remaining: {
			groups: other?.groups ?? 0,
			count: other?.count ?? 0,
			...(other?.comparison && { previousCount: other.comparison.previousCount ?? 0 }),
			isTruncated: digest.isTruncated || previous?.isTruncated === true,
		},
		...(note !== '' && { note }),
	};
}

/** e.g. `Before: 1,000 events (2026-10-31 00:00 – 2026-11-01 00:00) · ▲ +12 (+1.2%)` */
function comparisonLine(change: Change, range: string): string {
	return `Before: ${countOrNone(change.previousCount ?? 0)} (${range}) · ${changeText(change)}`;
}

function rowOf(group: Group, { columns, clock }: DigestContext): Row {
	const { values, count, comparison, firstAt, lastAt } = group;
	const time = (timestamp: string | null) => {
		const sortable = sortableTime(timestamp ?? '');
		return sortable === undefined ? '' : clock(sortable);
	};
	return {
		cells: values.map((value, index) => cellOf(value, columns[index])),
		count,
		...(comparison && { change: rowChange(comparison) }),
		first: time(firstAt),
		last: time(lastAt),
	};
}

function rowChange(comparison: GroupComparison): RowChange {
	const { previousCount, isNew, isEnded } = comparison;
	return {
		previousCount,
		before: previousCount === null ? 'unknown' : formatNumber(previousCount),
		change: isNew ? '▲ new' : isEnded ? '▼ ended' : changeText(comparison),
	};
}

/**
 * What a line of text says after a count: ` ▲ +12 (+20%), before 60`, ` ▲ new` or `, before unknown`.
 * Empty if nothing is compared.
 */
export function changeSuffix({ change }: Row): string {
	if (!change) return '';
	const hasBefore = change.change !== '▲ new' && change.change !== '= unchanged';
	const before = hasBefore ? `, before ${change.before}` : '';
	return `${change.change && ` ${change.change}`}${before}`;
}

/** e.g. `and 12 more: 345 events`, or without any row `12 groups: 345 events`; undefined if every group has a row. */
export function remainingLine(
	{ groups, count, previousCount, isTruncated }: RemainingGroups,
	{ hasRows }: { hasRows: boolean },
): string | undefined {
	if (groups === 0) return undefined;
	const number = `${isTruncated ? 'at least ' : ''}${formatNumber(groups)}`;
	const before = previousCount === undefined ? '' : `, before ${formatNumber(previousCount)}`;
	const what = hasRows ? `and ${number} more` : `${number} group${groups === 1 ? '' : 's'}`;
	return `${what}: ${eventCount(count)}${before}`;
}

/** e.g. `2026-11-01 14:07 – 2026-11-02 09:30`, or a single time if both are the same. */
export function timeRange({ first, last }: Row): string {
	return first === last ? first : `${first} – ${last}`;
}

function eventCount(count: number): string {
	return count === 1 ? '1 event' : `${formatNumber(count)} events`;
}

function countOrNone(count: number): string {
	return count === 0 ? 'No events' : eventCount(count);
}

/** Such a name is shown as it is; any other one, like a value of an event. */
const PLAIN_NAME = /^[A-Za-z0-9_.-]{1,80}$/;

function labelOf({ type, name }: Column): Cell {
	if (type !== 'property') return { text: LABELS[name as GroupKey], kind: 'label' };
	if (PLAIN_NAME.test(name)) return { text: name, kind: 'label' };
	return { text: visible(name), kind: 'text', value: name };
}

function cellOf(value: GroupValue, column?: Column): Cell {
	if (value === null) return { text: '(none)', kind: 'nothing' };
	if (value === '') return { text: '(empty)', kind: 'nothing' };
	if (column?.type === 'day' || column?.type === 'hour') {
		return { text: String(value), kind: 'time' };
	}
	if (typeof value === 'string') return { text: visible(value), kind: 'text', value };
	return { text: String(value), kind: typeof value === 'number' ? 'number' : 'boolean' };
}
