import type { ChildProcess } from 'node:child_process';

/** Kills a process when this one exits, unless it has ended before. */
export function endWithUs(child: ChildProcess): void {
	const kill = (): void => void child.kill('SIGKILL');
	process.once('exit', kill);
	for (const event of ['exit', 'error']) child.once(event, () => process.off('exit', kill));
}
