import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { AuditApi, RecordedRequest } from '../../dev/audit-api';
import { setClock } from './clock';

/**
 * So many turns of the event loop without a new request, while only held ones are open, say that nothing
 * but a deadline goes on. Each turn takes in what has arrived at a socket, so it does not depend on how fast
 * the machine is.
 */
const QUIET_TURNS = 50;

/** How often it is looked whether a request is held, in ms of real time. */
const LOOK_MS = 2;

interface Timer {
	dueMs: number;
	controller: AbortController;
	/** Somebody waits for it: timers of what has ended are never cancelled. */
	listeners: number;
}

/**
 * Runs something with a stopped clock, on which deadlines run out as soon as nothing else can happen: a
 * request is held by the API (by a response that drips, or none) and the others are answered. Nothing waits
 * for real time, and every deadline has its real length.
 */
export async function withStoppedTimers<Result>(
	api: AuditApi,
	run: () => Promise<Result>,
): Promise<Result> {
	const timers = new StoppedTimers(api);
	const replaced = jest
		.spyOn(AbortSignal, 'timeout')
		.mockImplementation((ms) => timers.signalAfter(ms));
	const ticking = timers.tick();
	try {
		return await run();
	} finally {
		timers.end();
		await ticking;
		replaced.mockRestore();
	}
}

class StoppedTimers {
	private timers: Timer[] = [];

	private hasEnded = false;

	private quietTurns = 0;

	/** Held requests that a deadline has run out for. A token's is never given up by n8n. */
	private readonly served = new Set<RecordedRequest>();

	private lastSeen = 0;

	constructor(private readonly api: AuditApi) {}

	signalAfter(ms: number): AbortSignal {
		const controller = new AbortController();
		const timer: Timer = { dueMs: Date.now() + ms, controller, listeners: 0 };
		const { signal } = controller;
		const add = signal.addEventListener.bind(signal);
		const remove = signal.removeEventListener.bind(signal);
		signal.addEventListener = (...args: Parameters<typeof add>) => {
			timer.listeners++;
			add(...args);
		};
		signal.removeEventListener = (...args: Parameters<typeof remove>) => {
			timer.listeners--;
			remove(...args);
		};
		this.timers.push(timer);
		return signal;
	}

	end(): void {
		this.hasEnded = true;
	}

	async tick(): Promise<void> {
		while (!this.hasEnded) {
			await (this.api.held.size > 0 ? nextTurn() : delay(LOOK_MS));
			if (!this.isQuiet()) this.quietTurns = 0;
			else if (++this.quietTurns > QUIET_TURNS) this.runOut();
		}
	}

	private isQuiet(): boolean {
		const { open, held, requests } = this.api;
		const isUnchanged = requests.length === this.lastSeen;
		this.lastSeen = requests.length;
		return isUnchanged && open.size === held.size && [...held].some((one) => !this.served.has(one));
	}

	/** Moves the clock to the end of the next deadline that somebody waits for. */
	private runOut(): void {
		this.quietTurns = 0;
		this.timers = this.timers.filter(({ listeners }) => listeners > 0);
		if (this.timers.length === 0) return;
		const dueMs = Math.max(Date.now(), Math.min(...this.timers.map((timer) => timer.dueMs)));
		setClock(dueMs);
		for (const one of this.api.held) if (one.operation === 'token') this.served.add(one);
		const due = this.timers.filter((timer) => timer.dueMs <= dueMs);
		this.timers = this.timers.filter((timer) => timer.dueMs > dueMs);
		for (const { controller } of due) {
			controller.abort(new DOMException('The operation timed out', 'TimeoutError'));
		}
	}
}
