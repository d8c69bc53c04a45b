import { expect, test } from '@jest/globals';
import { readEvents } from '../../../nodes/shared/reading/reader';
import { fromMilliseconds } from '../../../nodes/shared/model/instant';
import { MemoryLog, PLAIN_LOG } from '../support/memoryLog';

const START_MS = Date.UTC(2026, 10, 1, 12);

// With one request at a time, all events come.
test.failing(
	'timestamps that can be read and are wrong lose nothing with several requests at a time',
	async () => {
		const entries = [
			...Array.from({ length: 12 }, () => 0),
			...Array.from({ length: 32 }, (_, n) => 3_581_103 + n * 700),
		].map((ms, sequence) => ({ at: fromMilliseconds(START_MS + ms), sequence }));
		const oddTimestamps = { every: 5, value: '2026-11-01T12:30:00Z' };
		const log = new MemoryLog(entries, { ...PLAIN_LOG, oddTimestamps });
		let count = 0;
		for await (const page of readEvents(log.fetchPage, {
			order: 'newestFirst',
			maxConcurrency: 2,
			pageSize: 3,
			window: {
				from: fromMilliseconds(START_MS - 1),
				to: fromMilliseconds(START_MS + 7_200_000),
			},
			conditions: [],
			applyFiltersIn: 'signicat',
		})) {
			count += page.length;
		}
		expect(count).toBe(entries.length);
	},
);
