import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Cluster } from '../../test/e2e/support/cluster';
import { installPackage } from '../n8n';
import { startAuditApiProcess } from './auditApi';
import { median } from './measure';
import { cpuSeconds, peakDuring, residentBytes } from './memory';
import type { Plan } from './rows';
import { markdown, type Table } from './tables';
import { megabytes, MEGABYTE, times } from './units';
import { exportToFile, getMany, type MeasuredWorkflow, MONTH, summarize } from './workflows';

const EVENTS = 10_000;
const LATENCY_MS = 100;
const WORKERS = [1, 2, 3];
/** Of each operation, in one round. */
const EXECUTIONS = 20;
/** Of each operation and worker, before the first round. */
const WARM_UP = 4;

const TITLES = [
	'Workers',
	'Executions per minute',
	'Against one worker',
	'Memory of the largest worker: before / peak',
	'CPU of the workers per execution',
	'CPU of the main process per execution',
];

interface Round {
	seconds: number;
	/** The largest worker, in bytes: before the round, and at most. */
	idle: number;
	peak: number;
	/** In seconds, of all workers and of the main process. */
	cpuOfWorkers: number;
	cpuOfMain: number;
}

/**
 * How fast n8n's queue mode executes Get Many, Export to File and Summarize with one worker and with more of them, on
 * one machine: all executions are started at once.
 */
export async function queueTable(tarball: string, { runs, say }: Plan): Promise<Table> {
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-bench-'));
	const api = await startAuditApiProcess({ events: EVENTS, ...MONTH });
	const install = async (name = 'n8n') => {
		const userFolder = path.join(folder, name);
		await installPackage(tarball, userFolder);
		return userFolder;
	};
	const cluster = await Cluster.start({ install }, { workers: 0 });
	try {
		await api.configure({ latencyMs: LATENCY_MS });
		const workflows = [getMany(MONTH), exportToFile(MONTH), summarize(MONTH)];
		const credential = await cluster.main.createCredential('signicatOAuth2Api', api.credential);
		for (const workflow of workflows) {
			const { id } = await cluster.main.importWorkflow(workflow, [credential]);
			await cluster.main.activate(id);
		}
		const results: Round[] = [];
		for (const workers of WORKERS) {
			while (cluster.workers.length < workers) await cluster.addWorker();
			await executeAll(cluster, workflows, WARM_UP * workers);
			const rounds: Round[] = [];
			for (let run = 0; run < runs; run++) {
				rounds.push(await measure(cluster, workflows));
				say(`  ${workers} workers: ${JSON.stringify(rounds.at(-1))}`);
			}
			results.push(medians(rounds));
		}
		return tableOf(results, EXECUTIONS * workflows.length);
	} finally {
		await cluster.stop();
		api.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

async function measure(cluster: Cluster, workflows: MeasuredWorkflow[]): Promise<Round> {
	const pids = cluster.workers.map(({ pid }) => pid);
	const cpuOf = (some: number[]) => some.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
	const [workersBefore, mainBefore] = [cpuOf(pids), cpuSeconds(cluster.main.pid)];
	const idle = Math.max(...pids.map(residentBytes));
	let seconds = 0;
	// Each worker is sampled during the same work.
	const done = executeAll(cluster, workflows, EXECUTIONS).then((it) => void (seconds = it));
	const peaks = await Promise.all(pids.map(async (pid) => await peakDuring(pid, () => done)));
	return {
		seconds,
		idle,
		peak: Math.max(...peaks),
		cpuOfWorkers: cpuOf(pids) - workersBefore,
		cpuOfMain: cpuSeconds(cluster.main.pid) - mainBefore,
	};
}

/**
 * Starts each workflow `each` times, all at once, and waits for the last response.
 *
 * @returns how long that took, in seconds
 * @throws Error if one does not count all events
 */
async function executeAll(
	{ main }: Cluster,
	workflows: MeasuredWorkflow[],
	each: number,
): Promise<number> {
	const startedAt = performance.now();
	const all = Array.from({ length: each }, () => workflows).flat();
	await Promise.all(
		all.map(async ({ name, path: webhook }) => {
			const response = await fetch(`${main.url}/webhook/${webhook}`);
			const body = (await response.json()) as { count?: number };
			if (body.count !== EVENTS) {
				throw new Error(`"${name}" returned ${JSON.stringify(body)}, not ${EVENTS} events`);
			}
		}),
	);
	return (performance.now() - startedAt) / 1000;
}

function medians(rounds: Round[]): Round {
	const of = (name: keyof Round) => median(rounds.map((round) => round[name]));
	return {
		seconds: of('seconds'),
		idle: of('idle'),
		peak: of('peak'),
		cpuOfWorkers: of('cpuOfWorkers'),
		cpuOfMain: of('cpuOfMain'),
	};
}

function tableOf(results: Round[], executions: number): Table {
	const [one] = results;
	const rows = results.map(({ seconds, idle, peak, cpuOfWorkers, cpuOfMain }, index) => [
		WORKERS[index] ?? 0,
		((executions * 60) / seconds).toFixed(0),
		times((one?.seconds ?? seconds) / seconds),
		`${(idle / MEGABYTE).toFixed(0)} / ${megabytes(peak)}`,
		`${(cpuOfWorkers / executions).toFixed(2)} s`,
		`${(cpuOfMain / executions).toFixed(2)} s`,
	]);
	return { text: markdown(TITLES, rows), missed: 0 };
}
