import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installPackage, type RunningN8n, startN8n, type StoredCredential } from '../n8n';
import { present } from '../../test/support/present';
import { type AuditApiProcess, type LogPlan, startAuditApiProcess } from './auditApi';
import { NodeTimes } from './eventLog';
import { COLLECTABLE, retainedBytes } from './memory';
import type { MeasuredWorkflow } from './workflows';

export interface Run {
	/** The measured nodes together. */
	ms: number;
	/** What the workflow counted at its end. */
	count: number;
	/** Sent to the Audit API, not counting those for tokens. */
	requests: number;
}

export interface BenchOptions {
	/** Added to n8n's environment. */
	env?: Record<string, string>;
	/** Puts something in front of the local Audit API, given its port; returns the origin to reach it at. */
	origin?: (port: number) => Promise<string>;
}

/** An n8n with the package, and a local Audit API with a log. */
export class Bench {
	private readonly ids = new Map<MeasuredWorkflow, string>();

	private readonly times: NodeTimes;

	private constructor(
		readonly api: AuditApiProcess,
		readonly n8n: RunningN8n,
		private readonly userFolder: string,
		private readonly credential: StoredCredential,
		private readonly log: LogPlan,
	) {
		this.times = new NodeTimes(userFolder);
	}

	static async start(tarball: string, log: LogPlan, { env, origin }: BenchOptions = {}) {
		const local = await startAuditApiProcess(log);
		const api = origin ? local.reachedAt(await origin(local.port)) : local;
		const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-bench-'));
		await installPackage(tarball, userFolder);
		const n8n = await startN8n({ userFolder, env: { ...COLLECTABLE, ...env } });
		const credential = await n8n.createCredential('signicatOAuth2Api', api.credential);
		return new Bench(api, n8n, userFolder, credential, log);
	}

	/** Starts one, and stops it after the work. */
	static async with<Result>(
		tarball: string,
		log: LogPlan,
		work: (bench: Bench) => Promise<Result>,
		options: BenchOptions = {},
	): Promise<Result> {
		const bench = await Bench.start(tarball, log, options);
		try {
			return await work(bench);
		} finally {
			await bench.stop();
		}
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		this.api.stop();
		await rm(this.userFolder, { recursive: true, force: true });
	}

	/** The newest range of the log that contains `count` events or a few more. */
	async rangeOf(count: number): Promise<LogPlan> {
		return await this.api.newest(count, this.log);
	}

	/**
	 * Runs a workflow once, after a garbage collection, so that it does not pay for the run before.
	 *
	 * @throws Error if it does not count `expected` events: a fast but wrong result does not count
	 */
	async run(
		workflow: MeasuredWorkflow,
		{ expected, latencyMs = 0 }: { expected: number; latencyMs?: number },
	): Promise<Run> {
		const id = await this.published(workflow);
		await this.api.reset();
		await this.api.configure({ latencyMs });
		await retainedBytes(this.n8n);
		const response = await fetch(`${this.n8n.url}/webhook/${workflow.path}`);
		const body: unknown = await response.json();
		const { count } = (Array.isArray(body) ? body[0] : body) as { count: number };
		if (count !== expected) {
			throw new Error(
				`"${workflow.name}" returned ${JSON.stringify(body)}, not ${expected} events`,
			);
		}
		let ms = 0;
		for (const node of workflow.measured) ms += await this.times.latest(id, node);
		const requests =
			(await this.api.countRequests('query')) + (await this.api.countRequests('item'));
		return { ms, count, requests };
	}

	private async published(workflow: MeasuredWorkflow): Promise<string> {
		const known = this.ids.get(workflow);
		if (known) return known;
		const { id } = await this.n8n.importWorkflow(workflow, [this.credential]);
		await this.n8n.activate(id);
		this.ids.set(workflow, id);
		return id;
	}
}

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = present(sorted[middle]);
	return sorted.length % 2 === 1 ? upper : (present(sorted[middle - 1]) + upper) / 2;
}

/** @returns the means of the first and of the last third, which show whether something grew */
export function meansOfThirds(values: readonly number[]): { first: number; last: number } {
	const third = Math.ceil(values.length / 3);
	return { first: mean(values.slice(0, third)), last: mean(values.slice(-third)) };
}

/** @returns 0 for an empty list */
export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
