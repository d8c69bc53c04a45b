import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
	/** What to wait for, to complete "Timed out … waiting for …". */
	what: string;
	/** ms; 60,000 by default. */
	timeoutMs?: number;
	/** ms between two checks; 250 by default. */
	everyMs?: number;
}

/** Calls `look` until it returns something other than undefined or false, and returns that. */
export async function waitFor<T>(
	look: () => Promise<T | undefined | false> | T | undefined | false,
	{ what, timeoutMs = 60_000, everyMs = 250 }: WaitOptions,
): Promise<T> {
	for (const startedAt = Date.now(); ; ) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() - startedAt > timeoutMs) {
			throw new Error(`Timed out after ${timeoutMs / 1000} s waiting for ${what}`);
		}
		await sleep(everyMs);
	}
}
