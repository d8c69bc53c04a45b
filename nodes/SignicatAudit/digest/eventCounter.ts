import type { AuditEvent } from '../../shared/model/event';
import { sortableTime } from '../../shared/model/sortableTime';
import { Tally } from '../../shared/model/tally';
import type { ZoneClock } from './digestTime';
import { type Column, type GroupValue, groupValue } from './groupBy';

/** How many groups are counted separately at most. It bounds the memory. */
export const MAX_GROUPS = 10_000;

/** How long the values of all groups may be together, in UTF-16 code units: 1,000 for each group. */
const MAX_VALUES_LENGTH = 10_000_000;

export interface CountedGroup {
	/** One for each column, in the same order. */
	values: GroupValue[];
	tally: Tally;
}

export interface CounterOptions {
	columns: readonly Column[];
	/** Tells the day and hour of an event. An hour that a time change repeats counts as one. */
	clock: ZoneClock;
	/** Defaults to MAX_GROUPS. */
	maxGroups?: number;
	/** Defaults to MAX_VALUES_LENGTH. */
	maxValuesLength?: number;
}

/** Counts events in one pass and in any order. Only the groups are held in memory. */
export class EventCounter {
	/** By an ID that two counters with the same columns share. */
	readonly groups = new Map<string, CountedGroup>();

	/** The events of the groups that are not counted separately. */
	readonly overflow = new Tally();

	private events = 0;

	private valuesLength = 0;

	private readonly hasTimes: boolean;

	constructor(private readonly options: CounterOptions) {
		this.hasTimes = options.columns.some(({ type }) => type === 'day' || type === 'hour');
	}

	add(event: AuditEvent): void {
		const time = sortableTime(event.timestamp);
		const localTime = this.hasTimes && time !== undefined ? this.options.clock(time) : undefined;
		const values = this.options.columns.map((column) => groupValue(event, column, localTime));
		this.events++;
		this.tallyFor(values).add(event.timestamp, time);
	}

	/** The number of all events. */
	get total(): number {
		return this.events;
	}

	/** Whether there were groups that are not counted separately. */
	get isTruncated(): boolean {
		return this.overflow.count > 0;
	}

	private tallyFor(values: GroupValue[]): Tally {
		const id = JSON.stringify(values);
		const known = this.groups.get(id);
		if (known) return known.tally;
		const { maxGroups = MAX_GROUPS, maxValuesLength = MAX_VALUES_LENGTH } = this.options;
		const valuesLength = this.valuesLength + id.length;
		if (this.groups.size >= maxGroups || valuesLength > maxValuesLength) return this.overflow;
		this.valuesLength = valuesLength;
		const tally = new Tally();
		this.groups.set(id, { values, tally });
		return tally;
	}
}
