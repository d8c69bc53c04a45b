import type { Window } from '../../shared/model/window';
import { type Digest, type GroupKey, type GroupValue, MAX_GROUPS } from './digest';
import { sortableInstant, sortableTime } from '../../shared/model/sortableTime';
import type { ZoneClock } from './digestTime';
import { visible } from './visible';

/** The content of a digest, the same in every format. Values fit on one line, but are not escaped yet. */
export interface DigestView {
	/** e.g. `1,234 events` or `No events`. */
	total: string;
	/** e.g. `2026-11-01 00:00 – 2026-12-01 00:00 (Europe/Oslo)`. */
	period: string;
	/** The labels of the cells of a row. */
	columns: string[];
	rows: Row[];
	/** The groups that have no row. */
	remaining: RemainingGroups;
	note?: string;
}

export interface Row {
	cells: Cell[];
	count: number;
	/** e.g. `2026-11-01 14:07`; empty if no timestamp of the group can be read. */
	first: string;
	last: string;
}

export interface Cell {
	text: string;
	/** The type of the event's value; `time` for a day or an hour, `nothing` if it is missing or empty. */
	kind: 'text' | 'number' | 'boolean' | 'time' | 'nothing';
}

export interface RemainingGroups {
	groups: number;
	count: number;
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
	sandbox: 'Sandbox',
	serviceName: 'Service Name',
	userId: 'User ID',
};

export interface DigestContext {
	window: Window;
	groupBy: readonly GroupKey[];
	/** IANA name of the time zone of `clock`. */
	timeZone: string;
	clock: ZoneClock;
}

export function viewDigest(digest: Digest, context: DigestContext): DigestView {
	const { window, groupBy, timeZone, clock } = context;
	const time = (timestamp: string | null) => {
		const sortable = sortableTime(timestamp ?? '');
		return sortable === undefined ? '' : clock(sortable);
	};
	const from = clock(sortableInstant(window.from));
	const to = clock(sortableInstant(window.to));
	const note = truncationNote(digest);
	return {
		total: digest.total === 0 ? 'No events' : eventCount(digest.total),
		period: `${from} – ${to} (${timeZone})`,
		columns: groupBy.map((key) => LABELS[key]),
		rows: digest.groups.map(({ values, count, firstAt, lastAt }) => ({
			cells: values.map((value, index) => cellOf(value, groupBy[index])),
			count,
			first: time(firstAt),
			last: time(lastAt),
		})),
		remaining: {
			groups: digest.other?.groups ?? 0,
			count: digest.other?.count ?? 0,
			isTruncated: digest.isTruncated,
		},
		...(note !== undefined && { note }),
	};
}

/** The note for a digest in which not every group was counted separately. */
function truncationNote({ isTruncated }: Digest): string | undefined {
	if (!isTruncated) return undefined;
	return `There are more than ${formatNumber(MAX_GROUPS)} groups. Only the first ones read are counted separately, so a large group may be missing. Group by fewer fields, choose a shorter period or add filters.`;
}

/** e.g. `and 12 more: 345 events`; undefined if every group has a row. */
export function remainingLine({ groups, count, isTruncated }: RemainingGroups): string | undefined {
	if (groups === 0) return undefined;
	return `and ${isTruncated ? 'at least ' : ''}${formatNumber(groups)} more: ${eventCount(count)}`;
}

/** e.g. `2026-11-01 14:07 – 2026-11-02 09:30`, or a single time if both are the same. */
export function timeRange({ first, last }: Row): string {
	return first === last ? first : `${first} – ${last}`;
}

export function formatNumber(count: number): string {
	return count.toLocaleString('en-US');
}

function eventCount(count: number): string {
	return count === 1 ? '1 event' : `${formatNumber(count)} events`;
}

function cellOf(value: GroupValue, key?: GroupKey): Cell {
	if (value === null) return { text: '(none)', kind: 'nothing' };
	if (value === '') return { text: '(empty)', kind: 'nothing' };
	if (key === 'day' || key === 'hour') return { text: String(value), kind: 'time' };
	if (typeof value === 'string') return { text: visible(value), kind: 'text' };
	return { text: String(value), kind: typeof value === 'number' ? 'number' : 'boolean' };
}
