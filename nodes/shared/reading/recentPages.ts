import { identityOf } from '../model/identity';
import type { PageTimes } from './pageTimes';
import type { Instant } from '../model/instant';
import type { AuditEvent } from '../model/event';

/** How many pages a later one may overlap with. */
const PAGES = 4;

/** Events that may have to be remembered where their times do not tell what can come again. */
const MAX_IDENTITIES = 100_000;

interface RecentPage {
	identities: string[];
	/** The same, made when it is needed. */
	known?: Set<string>;
	newest?: Instant;
	oldest?: Instant;
	/** How many of its events a fresh query would return again, when it was read. */
	again: number;
}

/** The identities of the events that may come again: those of the last pages, and of what a fresh query repeats. */
export class RecentPages {
	private pages: RecentPage[] = [];

	private count = 0;

	/** @param resumeAt where a fresh query would begin */
	add(events: readonly AuditEvent[], times: PageTimes, resumeAt: Instant): void {
		if (events.length === 0) return;
		const { newest, oldest } = times;
		const identities = events.map(identityOf);
		this.pages.push({ identities, newest, oldest, again: times.countBefore(resumeAt) });
		this.count += identities.length;
		const isNeeded = ({ oldest: time }: RecentPage) => time === undefined || time < resumeAt;
		while (this.pages.length > PAGES) {
			const index = this.count > MAX_IDENTITIES ? 0 : this.pages.findIndex((one) => !isNeeded(one));
			if (index < 0 || index >= this.pages.length - PAGES) return;
			const [dropped] = this.pages.splice(index, 1);
			this.count -= dropped?.identities.length ?? 0;
		}
	}

	/**
	 * The events that are on none of these pages; the same list where that is all of them.
	 *
	 * @param times of these events
	 * @param oldest the time of the oldest event that came before
	 */
	without(events: AuditEvent[], times: PageTimes, oldest: Instant | undefined): AuditEvent[] {
		const isNew = (event: AuditEvent) => {
			const identity = identityOf(event);
			return !this.pages.some((page) => (page.known ??= new Set(page.identities)).has(identity));
		};
		const first = events.slice(0, times.countNotBefore(oldest));
		if (first.every(isNew)) return events;
		return [...first.filter(isNew), ...events.slice(first.length)];
	}

	/** How many of their events a query up to `to` returns again, at most. */
	countBefore(to: Instant): number {
		return this.pages
			.map(({ identities, newest, oldest, again }) => {
				if (oldest !== undefined && oldest >= to) return 0;
				return newest !== undefined && newest >= to ? again : identities.length;
			})
			.reduce((sum, count) => sum + count, 0);
	}
}
