import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installPackage, type RunningN8n, startN8n, waitFor } from '../n8n';
import { LiveLog } from '../audit-api/liveLog';
import { startAuditApiProcess } from './auditApi';
import { cpuSeconds } from './memory';
import { median } from './measure';
import type { Plan } from './rows';
import { Deliveries } from './deliveries';
import { markdown, type Table } from './tables';
import { count } from './units';
import { triggerWorkflow } from './triggerWorkflow';

interface Cell {
	perSecond: number;
	/** The part of the events that are late. */
	lateShare: number;
	latencyMs: number;
}

/** Those of a group are measured at the same time: most of it is waiting for the next poll. */
const GROUPS: Cell[][] = [
	[
		{ perSecond: 10, lateShare: 0.02, latencyMs: 100 },
		{ perSecond: 100, lateShare: 0.02, latencyMs: 100 },
		{ perSecond: 100, lateShare: 0.2, latencyMs: 100 },
		{ perSecond: 100, lateShare: 0.02, latencyMs: 1000 },
	],
	[{ perSecond: 500, lateShare: 0.02, latencyMs: 100 }],
	[{ perSecond: 500, lateShare: 0.2, latencyMs: 100 }],
	[{ perSecond: 500, lateShare: 0.02, latencyMs: 500 }],
];

/** Two minutes: the next poll, and one more. */
const MOST_LAG_S = 120;

/** Executions that are measured, after the first one. */
const POLLS = 4;

/** What is in the log already: as much as Late Arrival Minutes covers, so that the load is steady from the beginning. */
const HISTORY_MS = 310_000;

/** Logged where the late arrival time had to be cut. */
const CUT = 'too many events to remember';

const TITLES = [
	'Events a second',
	'Late by up to 4 minutes',
	'Per response',
	'Events',
	'Lost',
	'Doubled',
	'Late arrival time cut',
	'Lag: median / longest',
	'Requests per 1,000 events',
	'Stored state',
	'CPU of n8n per poll',
];

interface Result {
	cell: Cell;
	appended: number;
	lost: number;
	doubled: number;
	/** From an event's appearance to its delivery: the median and the longest, in s. */
	medianLag: number;
	longestLag: number;
	requests: number;
	stateBytes: number;
	/** Of n8n, per poll. */
	cpuSecondsPerPoll: number;
	cuts: number;
}

/**
 * How the trigger keeps up with its default settings, in a real n8n and in real time: what was lost or doubled, how
 * late it came, and what that took.
 *
 * @returns the table; a load is missed where something was lost, doubled, cut, or more than a poll behind
 */
export async function triggerTable(tarball: string, { say }: Plan): Promise<Table> {
	const results: Result[] = [];
	for (const cells of GROUPS) {
		const all = cells.map(async (cell) => {
			const { perSecond, lateShare, latencyMs } = cell;
			say(`Trigger: ${perSecond} events a second, ${lateShare * 100} % late, ${latencyMs} ms`);
			const result = await measureCell(tarball, cell);
			say(`  ${JSON.stringify(result)}`);
			return result;
		});
		results.push(...(await Promise.all(all)));
	}
	const rows = results.map(({ cell, appended, ...result }) => [
		cell.perSecond,
		`${cell.lateShare * 100} %`,
		`${cell.latencyMs} ms`,
		count(appended),
		result.lost,
		result.doubled,
		result.cuts,
		`${result.medianLag.toFixed(0)} s / ${result.longestLag.toFixed(0)} s`,
		((1000 * result.requests) / appended).toFixed(1),
		`${(result.stateBytes / 1000).toFixed(0)} kB`,
		`${result.cpuSecondsPerPoll.toFixed(1)} s`,
	]);
	return {
		text: markdown(TITLES, rows),
		missed: results.filter(
			({ lost, doubled, cuts, longestLag }) =>
				lost > 0 || doubled > 0 || cuts > 0 || longestLag > MOST_LAG_S,
		).length,
	};
}

async function measureCell(tarball: string, cell: Cell): Promise<Result> {
	const now = Date.now();
	const api = await startAuditApiProcess({
		events: Math.round((cell.perSecond * HISTORY_MS) / 1000),
		from: new Date(now - HISTORY_MS).toISOString(),
		to: new Date(now).toISOString(),
	});
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-bench-'));
	const deliveries = await Deliveries.open();
	let n8n: RunningN8n | undefined;
	let log: LiveLog | undefined;
	try {
		await api.configure({ latencyMs: cell.latencyMs });
		await installPackage(tarball, userFolder);
		n8n = await startN8n({ userFolder });
		const credential = await n8n.createCredential('signicatOAuth2Api', api.credential);
		const { id } = await n8n.importWorkflow(triggerWorkflow(deliveries.url), [credential]);
		await n8n.activate(id);
		log = new LiveLog(api, { ...cell, perSecond: () => cell.perSecond });
		await deliveries.next(1);
		const [requestsBefore, deliveredBefore, cpuBefore] = [
			await api.countRequests('query'),
			deliveries.delivered.size,
			cpuSeconds(n8n.pid),
		];
		await deliveries.next(POLLS);
		const delivered = deliveries.delivered.size - deliveredBefore;
		const requests = ((await api.countRequests('query')) - requestsBefore) / delivered;
		const cpu = cpuSeconds(n8n.pid) - cpuBefore;
		await log.stop();
		const { staticData } = await n8n.workflow(id);
		const appended = [...log.appeared];
		// What does not come within two polls is lost.
		const isComplete = () => appended.every(([cursor]) => deliveries.delivered.has(cursor));
		await waitFor(isComplete, { what: 'the last events', timeoutMs: 150_000 }).catch(() => {});
		const lags = appended.flatMap(([cursor, appearedMs]) => {
			const deliveredMs = deliveries.delivered.get(cursor);
			return deliveredMs === undefined ? [] : [(deliveredMs - appearedMs) / 1000];
		});
		return {
			cell,
			appended: appended.length,
			lost: appended.length - lags.length,
			doubled: deliveries.doubled,
			medianLag: median(lags),
			longestLag: lags.reduce((longest, lag) => Math.max(longest, lag), 0),
			requests: requests * appended.length,
			stateBytes: JSON.stringify(staticData).length,
			cpuSecondsPerPoll: cpu / POLLS,
			cuts: n8n.log.split(CUT).length - 1,
		};
	} finally {
		await log?.stop().catch(() => {});
		await n8n?.stop();
		api.stop();
		deliveries.close();
		await rm(userFolder, { recursive: true, force: true });
	}
}
