/**
 * A page that could not be read as it was requested, while the events behind it may be read in another way:
 *
 * - `freshQuery`: the address of the next page is no longer valid; a new query may continue where the last
 *   page ended.
 * - `smallerPage`: the page is too large for something on the way; the same events may come in smaller pages.
 */
export type Remedy = 'freshQuery' | 'smallerPage';

/** Thrown by a FetchPage in place of `reason`, which is what the user is shown when no remedy helps. */
export class PageFailure extends Error {
	constructor(
		readonly remedy: Remedy,
		readonly reason: unknown,
	) {
		super(`The page needs a ${remedy === 'freshQuery' ? 'fresh query' : 'smaller size'}`);
		this.name = 'PageFailure';
	}
}
