import { PageSeries, type SeriesOptions, type SeriesPage } from './pageSeries';
import type { FetchPage, PageQuery } from '../model/page';

/**
 * The pages of a query from its first to its last one. An empty page is not the end
 * (docs/api.md#next).
 *
 * @throws UnexpectedResponseError where the pages do not come to an end, and what `fetchPage` throws
 */
export async function* followPages(
	fetchPage: FetchPage,
	query: PageQuery,
	options: SeriesOptions = {},
): AsyncGenerator<SeriesPage> {
	const series = new PageSeries(fetchPage, query, options);
	let page: SeriesPage;
	do {
		page = await series.read();
		yield page;
	} while (page.next !== null);
}
