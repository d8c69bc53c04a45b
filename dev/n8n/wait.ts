import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
	/** What to wait for, to complete "Timed out … waiting for …". */
	what: string;
	/** ms; five minutes by default, which only ends a wait in vain. */
	timeoutMs?: number;
	/** ms between two checks; 250 by default. */
	everyMs?: number;
}

/**
 * Calls `look` until it returns something other than undefined or false, and returns that.
 *
 * @throws Error if a call that began after the time limit has found nothing
 */
export async function waitFor<T>(
	look: () => Promise<T | undefined | false> | T | undefined | false,
	{ what, timeoutMs = 300_000, everyMs = 250 }: WaitOptions,
): Promise<T> {
	for (const startedAt = Date.now(); ; ) {
		const isLast = Date.now() - startedAt > timeoutMs;
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (isLast) {
			throw new Error(`Timed out after ${timeoutMs / 1000} s waiting for ${what}`);
		}
		await sleep(everyMs);
	}
}
