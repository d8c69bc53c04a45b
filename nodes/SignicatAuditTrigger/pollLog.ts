import type { IPollFunctions } from 'n8n-workflow';
import type { Admission } from './pollGuard';
import type { PollResult } from './polling/pollResult';

/** A skew below this is nothing to worry about, in ms. */
const MIN_LOGGED_SKEW_MS = 60_000;

/** Logs why a poll was skipped: as a warning where it was not the first one in a row. */
export function logSkippedPoll(
	{ logger }: IPollFunctions,
	admission: Exclude<Admission, { mayPoll: true }>,
): void {
	if (admission.reason === 'backoff') {
		const until = new Date(admission.untilMs).toISOString();
		logger.info(
			`Signicat Audit: skipping this poll, because Signicat asked for no requests before ${until}`,
		);
		return;
	}
	const message = `Signicat Audit: skipping this poll, because one that started ${describeMs(admission.runningForMs)} ago is still running`;
	if (admission.skippedInARow > 1)
		logger.warn(`${message} (${admission.skippedInARow} polls skipped in a row)`);
	else logger.debug(message);
}

/** Logs what somebody may want to know about a poll: counts and times, nothing of an event. */
export function logResult({ logger }: IPollFunctions, result: PollResult): void {
	const { setBackMs, unexpectedSkewMs = 0, skipped } = result;
	if (setBackMs !== undefined) {
		logger.warn(
			`Signicat Audit: the stored position was ${describeMs(setBackMs)} in the future, so the clock of n8n or Signicat was wrong earlier. It was set back to the present; events that were already returned are not returned again.`,
		);
	}
	const isNew = (result.state.clockCandidate?.polls ?? 0) <= 1;
	if (Math.abs(unexpectedSkewMs) >= MIN_LOGGED_SKEW_MS && isNew) {
		const where = unexpectedSkewMs > 0 ? 'ahead of' : 'behind';
		logger.warn(
			`Signicat Audit: Signicat's clock is ${describeMs(Math.abs(unexpectedSkewMs))} ${where} the expected time. Events are read up to the later clock, and the position follows the earlier one, until the difference has lasted ten minutes. Check that the clock of the n8n host is set automatically.`,
		);
	}
	if (skipped > 0) {
		logger.warn(
			`Signicat Audit: skipped ${skipped === 1 ? '1 entry that is not an event' : `${skipped} entries that are not events`}`,
		);
	}
	if (result.overlapTruncated) {
		logger.warn(
			"Signicat Audit: too many events to remember in the window of 'Late Arrival Minutes', so it was shortened. Lower 'Late Arrival Minutes' or add filters.",
		);
	}
	if (result.failure !== undefined && result.progressed) {
		logger.warn('Signicat Audit: reading stopped early; the next poll reads the rest');
	}
}

export function logValuesTruncated({ logger }: IPollFunctions): void {
	logger.warn(
		'Signicat Audit: too many values to remember; those that have not appeared for the longest time may start the workflow again',
	);
}

/** e.g. `45 seconds`, `12 minutes`, `3 hours`, `40 days`. */
function describeMs(ms: number): string {
	const units: Array<[string, number]> = [
		['day', 86_400_000],
		['hour', 3_600_000],
		['minute', 60_000],
		['second', 1000],
	];
	const [name, size] = units.find(([, length]) => ms >= 2 * length) ?? ['second', 1000];
	const count = Math.round(ms / size);
	return `${count.toLocaleString('en-US')} ${name}${count === 1 ? '' : 's'}`;
}
