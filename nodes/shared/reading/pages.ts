import type { FetchPage, Page, PageQuery } from './types';

/** The API answered in a way that reading cannot go on from. */
export class UnexpectedAnswerError extends Error {
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
		this.name = 'UnexpectedAnswerError';
	}
}

/**
 * Follows `next` from the first page of a query to its last one. An empty page is not the end
 * (docs/api.md#next).
 *
 * @throws UnexpectedAnswerError when a page names a page that was read before
 */
export async function* followPages(fetchPage: FetchPage, query: PageQuery): AsyncGenerator<Page> {
	const check = repeatGuard();
	let next: string | undefined;
	do {
		const page = await fetchPage(query, next);
		yield page;
		next = page.next ?? undefined;
		if (next !== undefined) check(next);
	} while (next !== undefined);
}

/** Remembers the pages of one series, and throws UnexpectedAnswerError at one that comes again. */
export function repeatGuard(): (next: string) => void {
	const followed = new Set<string>();
	return (next) => {
		if (followed.has(next)) {
			throw new UnexpectedAnswerError(
				'Signicat sent the same next page twice',
				'Reading stopped because it would never end. Try again; if it happens again, choose a shorter range and tell Signicat.',
			);
		}
		followed.add(next);
	};
}
