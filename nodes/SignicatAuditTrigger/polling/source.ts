import type { FetchPage } from '../../shared/model/page';
import type { ServerClock } from './serverClock';

/** Fetches the pages of a poll, and notes what they show about the clock and about skipped entries. */
export class Source {
	/** How many entries of the pages were no events at all. */
	skipped = 0;

	constructor(
		private readonly fetchPage: FetchPage,
		readonly clock: ServerClock,
	) {}

	readonly fetch: FetchPage = async (...request) => {
		const page = await this.fetchPage(...request);
		this.clock.noteHeader(page.serverTime);
		this.skipped += page.skipped ?? 0;
		return page;
	};
}
