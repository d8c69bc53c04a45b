import { expect } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import {
	earlier,
	fromMilliseconds,
	HOUR,
	type Instant,
	later,
	MILLISECOND,
	MINUTE,
	SECOND,
} from '../../nodes/shared/model/instant';
import type { Draft, Kind, Setting } from './world';

/** Clocks further apart are not compared by what lies between them. */
const FAR_APART_MS = 59.9 * 86_400_000;

interface Appended extends Draft {
	cursor: string;
	/**
	 * `promised`: it has to come. `possible`: it may come, but was too late, for example. `excluded`:
	 * it must not come, because it was there before the activation, or does not match.
	 */
	standing: 'promised' | 'possible' | 'excluded';
	/** Whether the baseline of the activation keeps it out, whatever the filters are later. */
	isOld?: boolean;
	/**
	 * Whether the filters of the activation kept it out of the baseline. Then nothing but the position
	 * tells it from a new event once other filters want it.
	 */
	isHidden?: boolean;
	/** Whether it is dated so far ahead that it does not come within a run. */
	isFar?: boolean;
}

/** What was appended, what has come, and what the trigger promises about it. */
export class Model {
	private readonly events = new Map<string, Appended>();

	/** The names of what was delivered: cursors, pairs of service and event type, or event types alone. */
	private readonly delivered = new Set<string>();

	/** Pairs and event types that were there at the activation. */
	private readonly learned = new Set<string>();

	/** Pairs and event types of which nobody can say whether they were there at the activation. */
	private readonly open = new Set<string>();

	/** Earlier events are not promised any more when they come late. */
	private sureFrom: Instant = 0n;

	/** When the trigger was activated. */
	private begunAt: Instant = 0n;

	/** Whether a clock has been wrong: then something dated ahead may come before its time. */
	private clocksAreDoubtful = false;

	/** Whether a fault was ordered that a poll may still meet. */
	mayFail = false;

	constructor(
		readonly kind: Kind,
		private readonly setting: Setting,
	) {}

	/** @param now the server's clock in ms when the events appeared in the log */
	appended(drafts: readonly Draft[], cursors: readonly string[], now: number): void {
		const shownAt = fromMilliseconds(now);
		const earliest = shownAt - BigInt(this.setting.lateArrivalMinutes) * MINUTE;
		drafts.forEach((draft, index) => {
			// What lies exactly on the edge is left open, because `from` may be exclusive.
			const isFar = draft.at > shownAt + HOUR;
			const isInTime =
				(draft.at > earliest || draft.at >= shownAt) && draft.at >= this.sureFrom && !isFar;
			const standing = !this.matches(draft) ? 'excluded' : isInTime ? 'promised' : 'possible';
			const event: Appended = { ...draft, cursor: cursors[index] ?? '', standing, isFar };
			this.note(event);
			// What was put off by an outage may learn it as something of the past.
			const isOpen = this.startMayWait && standing === 'possible';
			if (isOpen && this.kind !== 'newEvent') this.open.add(this.nameOf(event));
		});
	}

	/**
	 * What is in the log already when the trigger is activated, now. Where the clocks differ, by two
	 * seconds unnoticed, nobody can say on which side of that moment an event lies.
	 *
	 * @param serverNow in ms
	 */
	wasThere(drafts: readonly Draft[], cursors: readonly string[], serverNow: number): void {
		const { startFrom, outage, firstDateAheadMs } = this.setting;
		this.begunAt = this.clock();
		const isLookedFor = this.kind === 'newEvent' && startFrom === 'lookback';
		const begin = fromMilliseconds(serverNow) - 3n * SECOND;
		const headerAhead = fromMilliseconds(Math.min(0, firstDateAheadMs));
		const earliest = earlier(begin + headerAhead, fromMilliseconds(Date.now()) - 3n * SECOND);
		const hasBaseline = outage === null;
		const now = !hasBaseline ? begin : fromMilliseconds(Date.now());
		// Without the baseline nobody knows what of the past was there, and what comes late.
		if (!hasBaseline) this.sureFrom = fromMilliseconds(serverNow);
		// Nor is there a baseline where the clocks were too far apart: it begins right after the activation, by
		// whichever clock is later.
		if (this.isFarApart) {
			this.sureFrom = fromMilliseconds(Math.max(serverNow, Date.now())) + MILLISECOND;
		}
		drafts.forEach((draft, index) => {
			const matches = this.matches(draft);
			const isPast = !isLookedFor && draft.at < now;
			const standing = !matches || isPast ? 'excluded' : isLookedFor ? 'promised' : 'possible';
			// With other filters, the trigger may find more of what lies between the clocks where it began.
			const isOld = isPast && (matches || draft.at < earliest);
			const cursor = cursors[index] ?? '';
			const event: Appended = { ...draft, cursor, standing, isOld, isHidden: isOld && !matches };
			this.note(event);
			if (this.kind === 'newEvent' || !matches) return;
			(standing === 'excluded' ? this.learned : this.open).add(this.nameOf(event));
		});
	}

	/** Checks what one poll gave: all of it wanted, never before, oldest first, in time, not too much. */
	check(items: readonly IDataObject[]): void {
		const events = items.map((item) => this.eventOf(item));
		const names = events.map((event) => this.nameOf(event));
		none('given twice', events, (event, index) => {
			const name = this.nameOf(event);
			return this.delivered.has(name) || names.indexOf(name) !== index;
		});
		none('not wanted', events, (event) => {
			return event.standing === 'excluded' || this.learned.has(this.nameOf(event));
		});
		none('after a newer one', events, ({ at }, index) => at < (events[index - 1]?.at ?? at));
		// At the activation nothing settles: what is there is passed over.
		const end = later(this.begunAt, this.clock() - BigInt(this.setting.settlingSeconds) * SECOND);
		if (!this.clocksAreDoubtful) none('ahead of the clocks', events, ({ at }) => at >= end);
		const { maxEventsPerPoll } = this.setting;
		// More than that come only where the last ones lie within the same millisecond.
		const last = events[maxEventsPerPoll - 1];
		none('too many', events.slice(maxEventsPerPoll), ({ at }) => {
			return at / MILLISECOND !== (last?.at ?? 0n) / MILLISECOND;
		});
		if (this.kind === 'newEvent') return;
		none('not the first of its type', events, (event) => {
			return this.promisedOf(event).some(({ at }) => at < event.at);
		});
	}

	/** What was checked counts: it must not come again. */
	count(items: readonly IDataObject[]): void {
		for (const item of items) this.delivered.add(this.nameOf(this.eventOf(item)));
	}

	/** Checks that nothing promised is still missing. */
	checkComplete(): void {
		none('missing', [...this.events.values()], (event) => {
			const name = this.nameOf(event);
			const isDone = [this.delivered, this.learned, this.open].some((names) => names.has(name));
			return event.standing === 'promised' && !isDone;
		});
	}

	doubtClocks(): void {
		this.clocksAreDoubtful = true;
	}

	/** @param now in ms */
	hasEventsAfter(now: number): boolean {
		return [...this.events.values()].some(({ at }) => at >= fromMilliseconds(now));
	}

	/**
	 * The trigger has lost its place: of what is there already, anything that matches and was not emitted
	 * may come, and so may what only the filters of the activation kept out.
	 */
	positionLost(now: number): void {
		this.sureFrom = fromMilliseconds(now);
		for (const event of this.events.values()) {
			if (event.isHidden) event.isOld = false;
			const isThere = event.at <= fromMilliseconds(now);
			const mayCome = event.standing === 'promised' || (event.isHidden && this.matches(event));
			if (mayCome && isThere) event.standing = 'possible';
		}
	}

	/** The trigger has said that it looks back less far for now. */
	shrunk(now: number): void {
		this.sureFrom = fromMilliseconds(now);
	}

	/**
	 * From now on other events are wanted. The trigger goes on from where it was, which nobody can see:
	 * of what was there already, anything that matches may come that has not come yet.
	 */
	filtersChanged(now: number): void {
		// Where a clock was wrong, the position may be off by as little as the clocks can be told apart.
		this.sureFrom = fromMilliseconds(this.clocksAreDoubtful ? now + 1000 : now);
		for (const event of this.events.values()) {
			if (event.isOld) continue;
			const isAhead = event.at >= this.sureFrom && !event.isFar;
			event.standing = !this.matches(event) ? 'excluded' : isAhead ? 'promised' : 'possible';
		}
	}

	/** Whether the activation may have been put off until the server's clock is known. */
	get startMayWait(): boolean {
		return this.setting.outage !== null || this.isFarApart;
	}

	private get isFarApart(): boolean {
		return Math.abs(this.setting.firstDateAheadMs) > FAR_APART_MS;
	}

	/** How many events there are. */
	get size(): number {
		return this.events.size;
	}

	private note(event: Appended): void {
		expect(this.events.has(event.cursor)).toBe(false);
		this.events.set(event.cursor, event);
	}

	private matches({ serviceName }: Draft): boolean {
		return !this.setting.filtered || serviceName === 'Broker';
	}

	/** The clock of n8n or the one of the server, whichever is ahead. */
	private clock(): Instant {
		const { skewMs } = this.setting;
		const now = Date.now();
		// What n8n knows of the server's clock, it knows to the second.
		return fromMilliseconds(skewMs < 0 ? now - skewMs + 1000 : now);
	}

	private nameOf({ cursor, serviceName, eventType }: Appended): string {
		switch (this.kind) {
			case 'newEvent':
				return cursor;
			case 'newEventType':
				return `${serviceName} ${eventType}`;
			case 'newValue':
				return eventType;
		}
	}

	private promisedOf(event: Appended): Appended[] {
		return [...this.events.values()].filter(
			(one) => one.standing === 'promised' && this.nameOf(one) === this.nameOf(event),
		);
	}

	private eventOf(item: IDataObject): Appended {
		const shown = this.kind === 'newEvent' ? item : (item.event as IDataObject);
		const event = this.events.get(String(shown.cursor));
		if (!event) throw new Error(`Nobody appended ${JSON.stringify(item)}`);
		const { serviceName, eventType } = event;
		expect(shown).toMatchObject({ serviceName, eventType });
		if (this.kind === 'newEventType') expect(item).toMatchObject({ serviceName, eventType });
		if (this.kind === 'newValue') expect(item).toMatchObject({ values: { eventType } });
		return event;
	}
}

/** Checks that no event is as it should not be, and shows those that are. */
function none(
	what: string,
	events: readonly Appended[],
	isSo: (event: Appended, index: number) => boolean,
): void {
	expect({ [what]: events.filter(isSo) }).toEqual({ [what]: [] });
}
