/** Smaller pages than this would cost more requests than anybody wants to wait for. */
const MIN_PAGE_SIZE = 10;

/**
 * How many events a page may hold at most, as pages that were too large have shown. All series of a run
 * share it, so that each learns from the others.
 */
export class PageSize {
	private most = Infinity;

	/** What to ask for where `asked` is wanted. */
	fit(asked: number): number {
		return Math.min(asked, this.most);
	}

	/**
	 * Notes that a page of `used` events was too large.
	 *
	 * @returns false where no smaller page can be asked for
	 */
	reduce(used: number): boolean {
		const smaller = Math.max(MIN_PAGE_SIZE, Math.floor(used / 2));
		if (smaller >= used) return false;
		this.most = Math.min(this.most, smaller);
		return true;
	}
}

const sizes = new WeakMap<object, PageSize>();

/** The size that everybody shares who reads with the same function. */
export function sharedPageSize(fetchPage: object): PageSize {
	const known = sizes.get(fetchPage);
	if (known) return known;
	const size = new PageSize();
	sizes.set(fetchPage, size);
	return size;
}
