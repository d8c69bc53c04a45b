import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockContent {
	pid: number;
	/** Whatever the holder wants to tell those who find the lock taken. */
	note: string;
}

/** Takes the lock `file`, or says who has it. A lock whose process is gone is taken over. */
export async function tryLock(file: string, note: string): Promise<LockContent | 'taken'> {
	await mkdir(path.dirname(file), { recursive: true });
	const content: LockContent = { pid: process.pid, note };
	for (;;) {
		try {
			await writeFile(file, JSON.stringify(content), { flag: 'wx' });
			return 'taken';
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const holder = await readLock(file);
		if (holder && isRunning(holder.pid)) return holder;
		// An unreadable lock may be one that is being written just now.
		if (!holder) await sleep(200);
		if (holder || !(await readLock(file))) await rm(file, { force: true });
	}
}

/** Runs `work` while holding the lock `file`; waits for as long as another process holds it. */
export async function withLock<T>(
	file: string,
	onWait: (holder: LockContent) => void,
	work: () => Promise<T>,
): Promise<T> {
	for (let told = false; ; ) {
		const holder = await tryLock(file, '');
		if (holder === 'taken') break;
		if (!told) onWait(holder);
		told = true;
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
