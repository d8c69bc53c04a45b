import { LOG_FILE, readLog, settledLog } from './logToFile';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../audit-api';
import { moveClock, startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, runAudit } from './engine';

const EVENTS = 3000;
const MARK = 'only-in-events';
const LINE = /Signicat Audit: (\d+) events read, (\d+) time windows complete/;

describe("n8n's log, while a range is read", () => {
	let api: AuditApi;
	/** How much time goes by when the server looks at its clock, at least once a request. */
	let stepMs: number;

	beforeEach(async () => {
		stepMs = 0;
		stopClock(Date.UTC(2026, 10, 1, 12));
		const now = () => {
			moveClock(stepMs);
			return new Date();
		};
		api = await startAuditApi({ eventCount: EVENTS, now });
		api.append({ message: MARK, userId: MARK });
	});
	afterEach(async () => {
		startClock();
		await api.stop();
	});
	afterAll(() => rmSync(path.dirname(LOG_FILE), { recursive: true, force: true }));

	const read = async (parameters: INodeParameters) => {
		const before = readLog().length;
		const { error } = await runAudit(credentialFor(api), {
			parameters: {
				resource: 'event',
				period: 'last30Days',
				options: { pageSize: 50, maxConcurrency: 2 },
				...parameters,
			},
		});
		expect(error).toBeUndefined();
		return (await settledLog()).slice(before).split('\n');
	};

	test.each(['getAll', 'export', 'summarize'])(
		'%s says every few seconds how far it is, in counts, and nothing of an event',
		async (operation) => {
			stepMs = 500;
			const written = await read({ operation, returnAll: true });
			const progress = written.flatMap((line) => {
				const [, events, windows] = LINE.exec(line) ?? [];
				return events === undefined ? [] : [{ events: Number(events), windows: Number(windows) }];
			});
			expect(progress.length).toBeGreaterThanOrEqual(2);
			// A line for each page would be twice as many at least.
			expect(progress.length).toBeLessThan(EVENTS / 50 / 2);
			const counts = progress.map(({ events }) => events);
			expect(counts).toEqual([...counts].sort((a, b) => a - b));
			expect(counts[0]).toBeGreaterThan(0);
			expect(counts.at(-1)).toBeLessThanOrEqual(EVENTS + 1);
			const windows = progress.map((one) => one.windows);
			expect(windows).toEqual([...windows].sort((a, b) => a - b));
			// Get Many reads the range in a few long windows, which are all done at its end.
			if (operation !== 'getAll') expect(windows.at(-1)).toBeGreaterThan(0);
			const all = written.join('\n');
			expect(all).not.toContain(MARK);
			expect(all).not.toContain(api.clientSecret);
			for (const { cursor } of api.events) expect(all.includes(cursor)).toBe(false);
		},
	);

	test.each(['getAll', 'export', 'summarize'])(
		'%s says so too where filters leave nothing, and where pages are empty',
		async (operation) => {
			stepMs = 500;
			api.configure({ emptyPages: 1 });
			const written = await read({
				operation,
				returnAll: true,
				conditions: { condition: [{ field: 'serviceName', operator: 'eq', value: 'nobody' }] },
				options: { pageSize: 100, maxConcurrency: 1, applyFiltersIn: 'n8n' },
			});
			// 60 answers, each at least half a second after the one before.
			const progress = written.filter((line) => LINE.test(line));
			expect(progress.length).toBeGreaterThanOrEqual(5);
		},
	);

	test('a read that is soon done says nothing', async () => {
		const written = await read({ operation: 'getAll', returnAll: true });
		expect(written.filter((line) => LINE.test(line))).toEqual([]);
	});
});
