/** Smaller pages than this would cost more requests than anybody wants to wait for. */
export const MIN_PAGE_SIZE = 10;

/**
 * How many events a page may have at most, as pages that were too large have shown. All series of a run
 * share it, and so do the polls of a trigger, so that each learns from the others.
 */
export class PageSize {
	private max = Infinity;

	/** Whether a page was too large since reading began anew. */
	private wasReduced = false;

	/** What to request where `wanted` events are wanted. */
	fit(wanted: number): number {
		return Math.min(wanted, this.max);
	}

	/** Reading begins anew: larger pages are tried again, unless pages were too large the last time. */
	beginAnew(): void {
		if (!this.wasReduced) this.max *= 2;
		this.wasReduced = false;
	}

	/**
	 * Notes that a page of `used` events was too large.
	 *
	 * @returns false where no smaller page can be requested
	 */
	reduce(used: number): boolean {
		const smaller = Math.max(MIN_PAGE_SIZE, Math.floor(used / 2));
		if (smaller >= used) return false;
		this.max = Math.min(this.max, smaller);
		this.wasReduced = true;
		return true;
	}
}

const sizes = new WeakMap<object, PageSize>();

/** The size that all readings with the same function share. */
export function sharedPageSize(fetchPage: object): PageSize {
	const known = sizes.get(fetchPage);
	if (known) return known;
	const size = new PageSize();
	sizes.set(fetchPage, size);
	return size;
}
