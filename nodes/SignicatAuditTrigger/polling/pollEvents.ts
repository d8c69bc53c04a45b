import { timeOf } from '../../shared/model/identity';
import type { FetchPage } from '../../shared/model/page';
import type { ReadyState } from '../state/pollState';
import { Poll } from './poll';
import type { PollResult } from './pollResult';
import { isOver, type PollSettings } from './pollSettings';
import { findPosition } from './position';
import { ServerClock } from './serverClock';
import { Source } from './source';
import { WindowsInProgress } from './windowsInProgress';

/**
 * Reads what is new since `state`: window after window, oldest first, some of them side by side, each to its end before
 * any of its events counts, so that the watermark never passes an unread event. How far it may go is for the clocks
 * to say (serverClock.ts).
 */
export async function pollEvents(
	fetchPage: FetchPage,
	state: ReadyState,
	settings: PollSettings,
): Promise<PollResult> {
	const source = new Source(fetchPage, new ServerClock(settings.now, state));
	let poll: Poll | undefined;
	let failure: unknown;
	try {
		poll = new Poll(source, settings, await findPosition(source, state, settings));
		await readAll(poll);
		if (!isOver(settings)) await proveSkew(source);
	} catch (error) {
		failure = error;
	}
	return poll?.result(failure) ?? emptyResult(source, state, failure);
}

/** Reads windows side by side, and takes them in order. What was whole before a failure counts. */
async function readAll(poll: Poll): Promise<void> {
	const inProgress = new WindowsInProgress(async (...window) => await poll.read(...window));
	try {
		while (!poll.isDone) {
			for (
				let window = poll.nextWindow(inProgress.windows);
				window;
				window = poll.nextWindow(inProgress.windows)
			) {
				inProgress.start(window);
			}
			const next = await inProgress.take();
			if (!next) return;
			if (next.reading.complete) {
				poll.accept(next.window, next.reading);
			} else {
				poll.abandon(next.window, next.reading);
				// What lies behind it is cut anew.
				await inProgress.stop();
			}
		}
	} finally {
		await inProgress.stop();
	}
}

/** Looks for an event where a lasting skew is larger than the poll reads ahead: only one proves it. */
async function proveSkew({ fetch, clock }: Source): Promise<void> {
	const window = clock.proofWindow;
	if (!window) return;
	const { events } = await fetch({ window, conditions: [], pageSize: 1 });
	for (const event of events) {
		const time = timeOf(event);
		if (time !== undefined) clock.noteEvent(time);
	}
}

function emptyResult({ skipped }: Source, state: ReadyState, failure: unknown): PollResult {
	return {
		events: [],
		state,
		covered: { from: state.overlapFrom, to: state.overlapFrom },
		failure,
		progressed: false,
		caughtUp: false,
		overlapTruncated: false,
		skipped,
	};
}
