import { setTimeout as sleep } from 'node:timers/promises';
import { dateIn } from './calendar';

/** Waits past the next hour if it begins within five minutes, for what n8n does once per hour by the real clock. */
export async function waitPastHour(): Promise<void> {
	await waitForSame((at) => at.toISOString().slice(0, 13), 5);
}

/** Waits past midnight in a time zone if it is less than 15 minutes away, for what has to happen on one day. */
export async function waitPastMidnight(timeZone: string): Promise<void> {
	await waitForSame((at) => dateIn(timeZone, at), 15);
}

/** Waits until `periodOf` is the same now and in so many minutes. */
async function waitForSame(periodOf: (at: Date) => string, minutes: number): Promise<void> {
	const later = () => new Date(Date.now() + minutes * 60_000);
	while (periodOf(new Date()) !== periodOf(later())) await sleep(1000);
}
