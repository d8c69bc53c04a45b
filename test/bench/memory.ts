import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_EVERY_MS = 25;
const COLLECTING_MS = 3_000;

/** The environment in which n8n can be told to collect its garbage. */
export const COLLECTABLE = {
	NODE_OPTIONS: `--require ${path.join(__dirname, 'collectGarbage.cjs')}`,
};

/** Lets n8n give back what it does not need. @returns bytes that it holds then */
export async function idleBytes(pid: number): Promise<number> {
	process.kill(pid, 'SIGUSR2');
	await sleep(COLLECTING_MS);
	return residentBytes(pid);
}

/** @returns bytes of memory that a process holds (its resident set) */
export function residentBytes(pid: number): number {
	if (process.platform === 'linux') {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
	}
	return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) * 1024;
}

/** @returns the most bytes that a process held while `work` was under way, seen 40 times a second */
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
