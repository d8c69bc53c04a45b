import { jsonText } from '../../shared/model/json';
import type { AuditEvent } from '../../shared/model/event';
import { sortableTime } from '../../shared/model/sortableTime';
import { Tally, type Totals } from '../../shared/model/tally';
import type { ZoneClock } from './digestTime';

/** What events can be grouped by: fields of an event, or the day or hour in which it happened. */
export const GROUP_KEYS = [
	'clientId',
	'day',
	'eventType',
	'hour',
	'ipAddress',
	'sandbox',
	'serviceName',
	'userId',
] as const;

export type GroupKey = (typeof GROUP_KEYS)[number];

/** Null if the event has no such field. */
export type GroupValue = string | number | boolean | null;

/** How many groups are counted separately at most. It bounds the memory. */
export const MAX_GROUPS = 10_000;

export interface Group extends Totals {
	/** One for each key of `groupBy`, in the same order. */
	values: GroupValue[];
}

/** The groups that are not listed, combined. */
export interface OtherGroups extends Totals {
	/** The number of these groups; if `isTruncated`, there may be more. */
	groups: number;
}

export interface Digest {
	total: number;
	/** Largest first; groups of equal size are sorted by their values. */
	groups: Group[];
	/** Omitted if every group is in `groups`. With it, the counts add up to `total`. */
	other?: OtherGroups;
	/** Whether there were more than MAX_GROUPS groups. Those that came later are part of `other`. */
	isTruncated: boolean;
}

export interface DigestOptions {
	groupBy: readonly GroupKey[];
	/** Tells the day and hour of an event. An hour that a time change repeats counts as one. */
	clock: ZoneClock;
	/** Defaults to MAX_GROUPS. */
	maxGroups?: number;
}

/** Counts events in one pass and in any order. Only the groups are held in memory. */
export class EventCounter {
	private total = 0;

	private readonly groups = new Map<string, { values: GroupValue[]; tally: Tally }>();

	/** The events of groups beyond the maximum. */
	private readonly overflow = new Tally();

	constructor(private readonly options: DigestOptions) {}

	add(event: AuditEvent): void {
		const time = sortableTime(event.timestamp);
		const values = this.options.groupBy.map((key) =>
			key === 'day' || key === 'hour' ? this.timeValue(key, time) : asValue(event[key]),
		);
		this.total++;
		this.tallyFor(values).add(event.timestamp, time);
	}

	/** @param topN how many groups to list */
	digest(topN: number): Digest {
		const sorted = [...this.groups.values()].sort(
			(a, b) => b.tally.count - a.tally.count || compareValues(a.values, b.values),
		);
		const others = new Tally();
		others.addAll(this.overflow);
		for (const { tally } of sorted.slice(topN)) others.addAll(tally);
		const isTruncated = this.overflow.count > 0;
		const groups = Math.max(0, sorted.length - topN) + (isTruncated ? 1 : 0);
		return {
			total: this.total,
			groups: sorted.slice(0, topN).map(({ values, tally }) => ({ values, ...tally.totals() })),
			...(groups > 0 && { other: { groups, ...others.totals() } }),
			isTruncated,
		};
	}

	private timeValue(key: 'day' | 'hour', time: string | undefined): GroupValue {
		if (time === undefined) return null;
		const minute = this.options.clock(time);
		return key === 'day' ? minute.slice(0, 10) : `${minute.slice(0, 13)}:00`;
	}

	private tallyFor(values: GroupValue[]): Tally {
		const id = JSON.stringify(values);
		const known = this.groups.get(id);
		if (known) return known.tally;
		if (this.groups.size >= (this.options.maxGroups ?? MAX_GROUPS)) return this.overflow;
		const tally = new Tally();
		this.groups.set(id, { values, tally });
		return tally;
	}
}

function asValue(value: unknown): GroupValue {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	return value === undefined || value === null ? null : jsonText(value);
}

/** Compares by code units; missing values come last. */
function compareValues(left: readonly GroupValue[], right: readonly GroupValue[]): number {
	for (const [index, a] of left.entries()) {
		const b = right[index] ?? null;
		if (a === b) continue;
		if (a === null) return 1;
		if (b === null) return -1;
		const [textA, textB] = [String(a), String(b)];
		if (textA !== textB) return textA < textB ? -1 : 1;
	}
	return 0;
}
