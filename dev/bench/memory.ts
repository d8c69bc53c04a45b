import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningN8n } from '../n8n';

const SAMPLE_EVERY_MS = 25;
/** How long the operating system takes to get the memory back. */
const SETTLING_MS = 3_000;
const COLLECT_EVERY_MS = 500;

/** The environment that lets a signal trigger a garbage collection in n8n. */
export const COLLECTABLE = {
	NODE_OPTIONS: `--require ${path.join(__dirname, 'collectGarbage.cjs')}`,
};

/** An n8n with COLLECTABLE in its environment. */
type Collectable = Pick<RunningN8n, 'pid' | 'userFolder'>;

/** Triggers a garbage collection in n8n. @returns its resident set after that, in bytes */
export async function idleBytes(n8n: Collectable): Promise<number> {
	await retainedBytes(n8n);
	await sleep(SETTLING_MS);
	return residentBytes(n8n.pid);
}

/**
 * Triggers a garbage collection in n8n.
 *
 * @returns what is still in use after that, on the heap and beside it, in bytes
 * @throws Error if n8n is no longer there
 */
export async function retainedBytes({ pid, userFolder }: Collectable): Promise<number> {
	const file = path.join(userFolder, 'retained');
	rmSync(file, { force: true });
	process.kill(pid, 'SIGUSR2');
	while (!existsSync(file)) {
		await sleep(SAMPLE_EVERY_MS);
		// Signal 0 only asks whether the process exists.
		process.kill(pid, 0);
	}
	return Number(readFileSync(file, 'utf8'));
}

/** @returns what is still in use after each garbage collection in n8n during `work`, which takes longer for them, in bytes */
export async function retainedDuring(
	n8n: Collectable,
	work: () => Promise<unknown>,
): Promise<number[]> {
	const retained: number[] = [];
	let isDone = false;
	const working = work().finally(() => (isDone = true));
	while (!isDone) {
		const bytes = await retainedBytes(n8n);
		if (!isDone) retained.push(bytes);
		await sleep(COLLECT_EVERY_MS);
	}
	await working;
	return retained;
}

/** @returns the resident set of a process, in bytes */
export function residentBytes(pid: number): number {
	if (process.platform === 'linux') {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
	}
	return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) * 1024;
}

/** @returns the CPU time of a process so far, in seconds */
export function cpuSeconds(pid: number): number {
	const time = execFileSync('ps', ['-o', 'cputimes=', '-p', String(pid)]).toString();
	return Number(time);
}

/** @returns the largest resident set of a process during `work`, in bytes, sampled 40 times per second */
export async function peakDuring(pid: number, work: () => Promise<void>): Promise<number> {
	let peak = residentBytes(pid);
	const timer = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), SAMPLE_EVERY_MS);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return peak;
}
