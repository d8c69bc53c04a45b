import { sleep } from 'n8n-workflow';

/** The longest time that Node's timers know, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A wait looks this often whether it is still wanted, so it leaves no timer behind for longer. */
const SLICE_MS = 1000;

/** Why something awaited was given up. */
export class EndedError extends Error {
	constructor(readonly reason: 'timeout' | 'stopped') {
		super(reason === 'timeout' ? 'The request timed out' : 'The request was stopped');
		this.name = 'EndedError';
	}
}

/** A signal that is aborted with an EndedError, and has to be closed when it is no longer needed. */
export interface Ending {
	readonly signal: AbortSignal;
	close(): void;
}

/** Node's own timer, which neither keeps the process alive nor goes by a clock that can be set. */
export function timer(ms: number): AbortSignal {
	return AbortSignal.timeout(Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(ms))));
}

/** One listener a signal, whatever listens to it: Node warns of a leak where many requests share a signal. */
const listening = new WeakMap<AbortSignal, { all: Set<() => void>; stop(): void }>();

/** @returns what ends the listening */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
	let shared = listening.get(signal);
	if (!shared) {
		const all = new Set<() => void>();
		const tell = () => all.forEach((one) => one());
		const stop = () => {
			signal.removeEventListener('abort', tell);
			listening.delete(signal);
		};
		signal.addEventListener('abort', tell, { once: true });
		listening.set(signal, (shared = { all, stop }));
	}
	const { all, stop } = shared;
	all.add(callback);
	return () => {
		all.delete(callback);
		if (all.size === 0) stop();
	};
}

/** Ends with the first of these: timers running out mean a timeout, the other signals a stop. */
export function endingBy(ends: {
	timers: ReadonlyArray<AbortSignal | undefined>;
	stops: ReadonlyArray<AbortSignal | undefined>;
}): Ending {
	const controller = new AbortController();
	const undo: Array<() => void> = [];
	const listen = (
		signals: ReadonlyArray<AbortSignal | undefined>,
		reason: EndedError['reason'],
	) => {
		// Made only when it is needed: an error takes down the stack.
		const end = () => controller.abort(new EndedError(reason));
		for (const signal of signals) {
			if (signal?.aborted) end();
			else if (signal) undo.push(onAbort(signal, end));
		}
	};
	listen(ends.stops, 'stopped');
	listen(ends.timers, 'timeout');
	return { signal: controller.signal, close: () => undo.forEach((one) => one()) };
}

/**
 * Waits for what may never end, such as a token request, which takes no signal. What comes of it after the end
 * is ignored.
 *
 * @throws EndedError when `signal` ends it
 */
export async function untilEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return await new Promise<T>((resolve, reject) => {
		const end = () => reject(signal.reason);
		if (signal.aborted) end();
		const close = onAbort(signal, end);
		void work.then(resolve, reject).then(close);
	});
}

/** @throws EndedError when `signal` ends the wait */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	for (let left = ms; left > 0; left -= SLICE_MS) {
		await untilEnded(sleep(Math.min(left, SLICE_MS)), signal);
	}
}

/** Waits that several requests share: each slice is slept once for all of them. */
export class SharedPause {
	/** In ms. It is counted down, not compared with a clock that can be set. */
	leftMs = 0;

	private slice?: Promise<void>;

	/** @throws EndedError when `signal` ends the wait */
	async wait(signal: AbortSignal): Promise<void> {
		while (this.leftMs > 0) await untilEnded((this.slice ??= this.sleepSlice()), signal);
	}

	private async sleepSlice(): Promise<void> {
		const ms = Math.min(this.leftMs, SLICE_MS);
		await sleep(ms);
		this.leftMs -= ms;
		this.slice = undefined;
	}
}
