import { type RunningN8n, startN8n, startWorker } from '../../../dev/n8n';
import { type QueueServers, startQueueServers } from './queueServers';
import type { TestBed } from './testBed';

type Worker = Awaited<ReturnType<typeof startWorker>>;

/** What installs the package into the folder of each process. */
type Installer = Pick<TestBed, 'install'>;

/**
 * n8n's queue mode: a main process that schedules, polls and takes webhooks, and workers that execute, on PostgreSQL
 * and Redis. Each process has a folder and an installation of the package of its own, as on machines of their own.
 */
export class Cluster {
	main!: RunningN8n;

	/** A second main process, as n8n allows it only with a license. */
	otherMain?: RunningN8n;

	readonly workers: Worker[] = [];

	private constructor(
		private readonly bed: Installer,
		readonly servers: QueueServers,
		private readonly env: Record<string, string>,
	) {}

	/** @param env added to the environment of each process */
	static async start(
		bed: Installer,
		{ workers, env = {} }: { workers: number; env?: Record<string, string> },
	): Promise<Cluster> {
		const servers = await startQueueServers();
		const cluster = new Cluster(bed, servers, { ...servers.env, ...env });
		try {
			await cluster.startMain();
			for (let count = 0; count < workers; count++) await cluster.addWorker();
		} catch (error) {
			await cluster.stop();
			throw error;
		}
		return cluster;
	}

	/** Starts the main process, also again after it was killed. */
	async startMain(): Promise<void> {
		this.main = await this.newMain('main');
	}

	/** Starts a second main process on the same database and queue. */
	async startOtherMain(): Promise<RunningN8n> {
		this.otherMain = await this.newMain('other-main');
		return this.otherMain;
	}

	async addWorker(): Promise<void> {
		this.workers.push(await this.worker(this.workers.length));
	}

	/** Kills a worker as a power cut would, and starts it again. */
	async killWorker(index: number): Promise<void> {
		await this.workers[index]?.kill();
		this.workers[index] = await this.worker(index);
	}

	async stop(): Promise<void> {
		const processes = [this.main, this.otherMain, ...this.workers];
		await Promise.all(processes.map(async (process) => await process?.stop()));
		await this.servers.stop();
	}

	private async newMain(name: string): Promise<RunningN8n> {
		return await startN8n({ userFolder: await this.bed.install(name), env: this.env });
	}

	private async worker(index: number): Promise<Worker> {
		const userFolder = await this.bed.install(`worker-${index}`);
		return await startWorker({ userFolder, env: this.env });
	}
}
