import { sleep } from 'n8n-workflow';

/** The longest time that Node's timers know, in ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A wait looks this often whether it is still wanted, so it leaves no timer behind for longer. */
const SLICE_MS = 1000;

/** Why something is no longer awaited. */
export class AbortedError extends Error {
	constructor(readonly reason: 'timeout' | 'stopped') {
		super(reason === 'timeout' ? 'The request timed out' : 'The request was stopped');
		this.name = 'AbortedError';
	}
}

/**
 * Made once: an error retains its callers until its stack is read, and n8n retains the signal of a token request until
 * the request ends, without a time limit. Otherwise, everything that a poll has read would stay in memory.
 */
const ABORTED = { timeout: new AbortedError('timeout'), stopped: new AbortedError('stopped') };

/** A signal that is aborted with an AbortedError, and has to be closed when it is no longer needed. */
export interface LinkedSignal {
	readonly signal: AbortSignal;
	close(): void;
}

/** Node's own timer, which neither keeps the process alive nor goes by a clock that can be set. */
export function timer(ms: number): AbortSignal {
	return AbortSignal.timeout(Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(ms))));
}

/** A single listener per signal, whatever shares it: Node warns of a leak where many requests listen. */
const listeners = new WeakMap<AbortSignal, { callbacks: Set<() => void>; stop(): void }>();

/** @returns what ends the listening */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
	let shared = listeners.get(signal);
	if (!shared) {
		const callbacks = new Set<() => void>();
		const callAll = () => callbacks.forEach((call) => call());
		const stop = () => {
			signal.removeEventListener('abort', callAll);
			listeners.delete(signal);
		};
		signal.addEventListener('abort', callAll, { once: true });
		listeners.set(signal, (shared = { callbacks, stop }));
	}
	const { callbacks, stop } = shared;
	callbacks.add(callback);
	return () => {
		callbacks.delete(callback);
		if (callbacks.size === 0) stop();
	};
}

/** Aborted by the first of these: timers running out mean a timeout, the other signals a stop. */
export function linkSignals(sources: {
	timers: ReadonlyArray<AbortSignal | undefined>;
	stops: ReadonlyArray<AbortSignal | undefined>;
}): LinkedSignal {
	const controller = new AbortController();
	const undo: Array<() => void> = [];
	const listen = (
		signals: ReadonlyArray<AbortSignal | undefined>,
		reason: AbortedError['reason'],
	) => {
		const abort = () => controller.abort(ABORTED[reason]);
		for (const signal of signals) {
			if (signal?.aborted) abort();
			else if (signal) undo.push(onAbort(signal, abort));
		}
	};
	listen(sources.stops, 'stopped');
	listen(sources.timers, 'timeout');
	return {
		signal: controller.signal,
		close: () => undo.forEach((stopListening) => stopListening()),
	};
}

/**
 * Waits for what may never end, such as a token request, which takes no signal. What comes of it after the end
 * is ignored.
 *
 * @throws AbortedError when `signal` ends it
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return await new Promise<T>((resolve, reject) => {
		const abort = () => reject(signal.reason);
		if (signal.aborted) abort();
		const close = onAbort(signal, abort);
		void work.then(resolve, reject).then(close);
	});
}

/** @throws AbortedError when `signal` ends the wait */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	for (let remainingMs = ms; remainingMs > 0; remainingMs -= SLICE_MS) {
		await untilAborted(sleep(Math.min(remainingMs, SLICE_MS)), signal);
	}
}

/** A delay that several requests share: each slice is slept once for all of them. */
export class SharedDelay {
	/** It is counted down, not compared with a clock that can be set. */
	remainingMs = 0;

	private slice?: Promise<void>;

	/** @throws AbortedError when `signal` ends the wait */
	async wait(signal: AbortSignal): Promise<void> {
		while (this.remainingMs > 0) await untilAborted((this.slice ??= this.sleepSlice()), signal);
	}

	private async sleepSlice(): Promise<void> {
		const ms = Math.min(this.remainingMs, SLICE_MS);
		await sleep(ms);
		this.remainingMs -= ms;
		this.slice = undefined;
	}
}
