import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockContent {
	pid: number;
	/** A message for other processes that want the lock. */
	note: string;
}

/** Acquires the lock `file`, or returns its holder. A lock whose process has ended is replaced. */
export async function tryLock(file: string, note: string): Promise<LockContent | 'acquired'> {
	await mkdir(path.dirname(file), { recursive: true });
	const content: LockContent = { pid: process.pid, note };
	for (;;) {
		try {
			await writeFile(file, JSON.stringify(content), { flag: 'wx' });
			return 'acquired';
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const holder = await readLock(file);
		if (holder && isRunning(holder.pid)) return holder;
		// An unreadable lock may be one that is just being written.
		if (!holder) await sleep(200);
		if (holder || !(await readLock(file))) await rm(file, { force: true });
	}
}

/** Runs `work` while holding the lock `file`; waits as long as another process holds it. */
export async function withLock<T>(
	file: string,
	onWait: (holder: LockContent) => void,
	work: () => Promise<T>,
): Promise<T> {
	for (let isWaiting = false; ; ) {
		const holder = await tryLock(file, '');
		if (holder === 'acquired') break;
		if (!isWaiting) onWait(holder);
		isWaiting = true;
		await sleep(1000);
	}
	try {
		return await work();
	} finally {
		await unlock(file);
	}
}

export async function unlock(file: string): Promise<void> {
	await rm(file, { force: true });
}

async function readLock(file: string): Promise<LockContent | undefined> {
	try {
		const content = JSON.parse(await readFile(file, 'utf8')) as Partial<LockContent>;
		return typeof content.pid === 'number'
			? { pid: content.pid, note: String(content.note ?? '') }
			: undefined;
	} catch {
		return undefined;
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
