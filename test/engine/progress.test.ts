import { LOG_FILE, readLog, settledLog } from './logToFile';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { INodeParameters } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { moveClock, startClock, stopClock } from '../trigger-model/clock';
import { credentialFor, runAudit } from './engine';

const EVENTS = 3000;
const MARK = 'only-in-events';
const LINE = /Signicat Audit: (\d+) events read, (\d+) time windows complete/;

describe("n8n's log, while a range is read", () => {
	let api: AuditApi;
	/** How much the clock advances whenever the server reads it, at least once per request. */
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
		'%s logs its progress every few seconds, in counts, without content of events',
		async (operation) => {
			stepMs = 500;
			const written = await read({ operation, returnAll: true });
			const progress = written.flatMap((line) => {
				const [, events, windows] = LINE.exec(line) ?? [];
				return events === undefined ? [] : [{ events: Number(events), windows: Number(windows) }];
			});
			expect(progress.length).toBeGreaterThanOrEqual(2);
			// One line per page would be at least twice as many.
			expect(progress.length).toBeLessThan(EVENTS / 50 / 2);
			const counts = progress.map(({ events }) => events);
			expect(counts).toEqual([...counts].sort((a, b) => a - b));
			expect(counts[0]).toBeGreaterThan(0);
			expect(counts.at(-1)).toBeLessThanOrEqual(EVENTS + 1);
			const windows = progress.map((one) => one.windows);
			expect(windows).toEqual([...windows].sort((a, b) => a - b));
			// Get Many reads the range in a few long windows, which all end late.
			if (operation !== 'getAll') expect(windows.at(-1)).toBeGreaterThan(0);
			const all = written.join('\n');
			expect(all).not.toContain(MARK);
			expect(all).not.toContain(api.clientSecret);
			for (const { cursor } of api.events) expect(all.includes(cursor)).toBe(false);
		},
	);

	test.each(['getAll', 'export', 'summarize'])(
		'%s also logs its progress if filters match nothing, and if pages are empty',
		async (operation) => {
			stepMs = 500;
			api.configure({ emptyPages: 1 });
			const written = await read({
				operation,
				returnAll: true,
				conditions: { condition: [{ field: 'serviceName', operator: 'eq', value: 'nobody' }] },
				options: { pageSize: 100, maxConcurrency: 1, applyFiltersIn: 'n8n' },
			});
			// 60 responses, each at least half a second after the previous one.
			const progress = written.filter((line) => LINE.test(line));
			expect(progress.length).toBeGreaterThanOrEqual(5);
		},
	);

	test('a short read logs nothing', async () => {
		const written = await read({ operation: 'getAll', returnAll: true });
		expect(written.filter((line) => LINE.test(line))).toEqual([]);
	});
});
