import { sleep } from 'n8n-workflow';
import type { SeriesOptions } from '../shared/reading/pageSeries';
import type { AuditClient } from '../shared/signicat/client';

interface ReadingTime {
	/** When reading ends, in ms since 1970. */
	readUntilMs: number;
	/** How to read pages; pauses between them end with the time. */
	pages: SeriesOptions;
}

/**
 * Reading gets two thirds of the time, so that a request in progress can end in the last third.
 *
 * @param deadlineMs when the poll is over, in ms since 1970
 */
export function readingTime({ pageSize }: AuditClient, deadlineMs: number): ReadingTime {
	const nowMs = Date.now();
	const readUntilMs = nowMs + ((deadlineMs - nowMs) * 2) / 3;
	const pause = async (ms: number) =>
		await sleep(Math.max(0, Math.min(ms, readUntilMs - Date.now())));
	return { readUntilMs, pages: { pause, size: pageSize } };
}
