import { type IExecuteFunctions, sleep } from 'n8n-workflow';
import type { AuditClient } from '../../shared/signicat/client';
import { readEvents, type ReadOptions } from '../../shared/reading/reader';
import type { AuditEvent } from '../../shared/model/event';
import type { Progress } from '../../shared/model/page';

const LOG_INTERVAL_MS = 5_000;

/**
 * Reads a range and logs the progress every few seconds: only counts, nothing from an event. It logs
 * whenever a page arrives, even if no event of the page matches the filters.
 */
export function readWithProgress(
	context: IExecuteFunctions,
	client: AuditClient,
	options: ReadOptions,
): AsyncGenerator<AuditEvent[]> {
	let lastLog = Date.now();
	const progress: Progress = {
		events: 0,
		windows: 0,
		onPage() {
			if (Date.now() - lastLog < LOG_INTERVAL_MS) return;
			lastLog = Date.now();
			context.logger.info(
				`Signicat Audit: ${progress.events} events read, ${progress.windows} time windows complete`,
			);
		},
	};
	return readEvents(client.fetchPage, {
		...options,
		progress,
		pause: sleep,
		size: client.pageSize,
		limiter: client.limiter,
	});
}
