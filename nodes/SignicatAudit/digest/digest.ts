import { Tally, type Totals } from '../../shared/model/tally';
import { type Change, changeOf } from './change';
import type { CountedGroup, EventCounter } from './eventCounter';
import { compareValues, type GroupValue } from './groupBy';

export interface Group extends Totals {
	/** One for each column, in the same order. */
	values: GroupValue[];
	/** Only if the digest is compared. */
	comparison?: GroupComparison;
}

export interface GroupComparison extends Change {
	/** Whether the group had no events before. */
	isNew: boolean;
	/** Whether the group had events before, and none since. */
	isEnded: boolean;
}

/** The groups that are not listed, combined. */
export interface OtherGroups extends Totals {
	/** The number of these groups; if the digest is truncated, there may be more. */
	groups: number;
	comparison?: Change;
}

export interface Digest {
	total: number;
	/** Largest first, then the larger one before; groups of equal size are sorted by their values. */
	groups: Group[];
	/** Omitted if every group is in `groups`. With it, the counts add up to `total`. */
	other?: OtherGroups;
	/** The number of groups that are not listed because they have fewer events than the minimum. */
	belowMinimum: number;
	/** Whether some groups could not be counted separately. They are part of `other`. */
	isTruncated: boolean;
	/** The number of groups that were counted separately. */
	counted: number;
	/** Only if the digest is compared. */
	previous?: Change & { isTruncated: boolean };
}

export interface DigestOptions {
	/** How many groups to list: the largest ones, now or before. */
	topN: number;
	/** How many events a group must have, now or before, to be listed. Defaults to 1. */
	minimumCount?: number;
	/** The events of the previous period, counted with the same columns. */
	previous?: EventCounter;
}

interface Entry extends CountedGroup {
	/** Undefined if nothing is compared; null if the group may be one of those not counted separately before. */
	before?: number | null;
	/** Whether the group may be one of those not counted separately now, so that its count is not known. */
	isUncertain?: true;
}

/**
 * Lists the largest groups and combines the others. With a previous period, what counts is the larger of
 * the two counts, so that a group that has become small or ended is listed as well.
 */
export function digestOf(
	counter: EventCounter,
	{ topN, minimumCount = 1, previous }: DigestOptions,
): Digest {
	const entries: Entry[] = previous
		? inBothPeriods(counter, previous)
		: [...counter.groups.values()];
	const isBelowMinimum = (entry: Entry) => !entry.isUncertain && sizeOf(entry) < minimumCount;
	const ranked = entries
		.filter((entry) => !entry.isUncertain && !isBelowMinimum(entry))
		.sort((a, b) => sizeOf(b) - sizeOf(a) || compareEntries(a, b));
	const listed = new Set(ranked.slice(0, topN).sort(compareEntries));
	const other = combined(
		entries.filter((entry) => !listed.has(entry)),
		counter,
		{ listed, previous },
	);
	return {
		total: counter.total,
		groups: [...listed].map(groupOf),
		...(other && { other }),
		belowMinimum: entries.filter(isBelowMinimum).length,
		isTruncated: counter.isTruncated,
		counted: counter.groups.size,
		...(previous && {
			previous: {
				...changeOf(counter.total, previous.total),
				isTruncated: previous.isTruncated,
			},
		}),
	};
}

function inBothPeriods(counter: EventCounter, previous: EventCounter): Entry[] {
	const unknown = previous.isTruncated ? null : 0;
	const now = [...counter.groups].map(
		([id, group]): Entry => ({
			...group,
			before: previous.groups.get(id)?.tally.count ?? unknown,
		}),
	);
	const onlyBefore = [...previous.groups].flatMap(([id, { values, tally }]): Entry[] =>
		counter.groups.has(id)
			? []
			: [
					{
						values,
						tally: new Tally(),
						before: tally.count,
						...(counter.isTruncated && { isUncertain: true }),
					},
				],
	);
	return [...now, ...onlyBefore];
}

function sizeOf({ tally, before }: Entry): number {
	return Math.max(tally.count, before ?? 0);
}

function compareEntries(a: Entry, b: Entry): number {
	return (
		b.tally.count - a.tally.count ||
		(b.before ?? 0) - (a.before ?? 0) ||
		compareValues(a.values, b.values)
	);
}

function groupOf({ values, tally, before }: Entry): Group {
	const totals = { values, ...tally.totals() };
	if (before === undefined) return totals;
	return {
		...totals,
		comparison: {
			...changeOf(tally.count, before),
			isNew: before === 0,
			isEnded: tally.count === 0,
		},
	};
}

function combined(
	entries: readonly Entry[],
	counter: EventCounter,
	{ listed, previous }: { listed: ReadonlySet<Entry>; previous: EventCounter | undefined },
): OtherGroups | undefined {
	const all = new Tally();
	all.addAll(counter.overflow);
	for (const { tally } of entries) all.addAll(tally);
	let before = previous?.total ?? 0;
	for (const entry of listed) before -= entry.before ?? 0;
	// The groups beyond the maximum may all be ones that were counted before.
	const isOneMore = counter.isTruncated && !entries.some(({ isUncertain }) => isUncertain);
	const groups = entries.length + (isOneMore ? 1 : 0);
	if (groups === 0 && before === 0) return undefined;
	return {
		groups: Math.max(1, groups),
		...all.totals(),
		...(previous && { comparison: changeOf(all.count, before) }),
	};
}
