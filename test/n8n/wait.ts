import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
	/** What is waited for, to complete "waited in vain for …". */
	what: string;
	/** ms, 60 000 unless told. */
	timeoutMs?: number;
	/** ms between two looks, 250 unless told. */
	everyMs?: number;
}

/** Looks until `look` gives something else than undefined or false, and gives that. */
export async function waitFor<T>(
	look: () => Promise<T | undefined | false> | T | undefined | false,
	{ what, timeoutMs = 60_000, everyMs = 250 }: WaitOptions,
): Promise<T> {
	for (const startedAt = Date.now(); ; ) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (Date.now() - startedAt > timeoutMs) {
			throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}`);
		}
		await sleep(everyMs);
	}
}
