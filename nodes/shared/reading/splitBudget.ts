/*
 * The numbers of this folder were chosen by requests per page, and by how long a reading takes in responses of
 * equal length: 100,000 events in 50 days, four requests at a time, eight pages waiting, each number varied alone.
 */

/**
 * Requests that splits may cost in addition, for each page that was read. Oldest first, 0.175, 0.35 and 0.7 take
 * 1.25, 1.42 and 1.73 requests per page for 50 bursts, in 59, 54 and 52 responses; 103, 66 and 49 for one minute.
 */
const COST_PER_PAGE = 0.35;

/**
 * What splitting segments may cost in requests: the last page of each segment may be nearly empty, where
 * reading in sequence has one last page only.
 */
export class SplitBudget {
	/** The room that was left on the last pages of segments, in pages. */
	private spent = 0;

	/** @param allowance how many last pages may be nearly empty before any page was full */
	constructor(private readonly allowance: number) {}

	/** Whether the last pages of all open segments may be nearly empty, after so many pages were read. */
	allows(openSegments: number, pagesRead: number): boolean {
		return this.spent + openSegments < this.allowance + (pagesRead - this.spent) * COST_PER_PAGE;
	}

	/** @param pages how much of a last page was empty, 0 to 1 */
	spend(pages: number): void {
		this.spent += pages;
	}
}
