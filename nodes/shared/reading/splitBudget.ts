/*
 * The numbers of this folder were chosen with `dev/bench/simulation.ts`, by how many responses of equal length a
 * reading takes, one after the other: 100,000 events in 30 days, twelve requests at a time, each number varied alone.
 */

/**
 * Requests that splits may cost in addition, for each page that was read. Oldest first, 0.25 and 0.35 take 127 and
 * 139 requests for a daily rhythm with four requests at a time, in 49 and 45 responses; newest first they do not differ.
 */
const COST_PER_PAGE = 0.25;

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
