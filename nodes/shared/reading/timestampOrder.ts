import type { AuditEvent } from '../model/event';

/**
 * The places of events with the same timestamp as the one before, where the timestamps, as text, go from new
 * to old; undefined where that does not show, or is not so.
 */
export function tiesInOrder(events: readonly AuditEvent[]): number[] | undefined {
	const ties: number[] = [];
	let before: string | undefined;
	for (let place = 0; place < events.length; place++) {
		const timestamp: unknown = events[place]?.timestamp;
		if (!isPlainUtc(timestamp)) return undefined;
		if (timestamp === before) ties.push(place);
		else if (before !== undefined && !isBefore(timestamp, before)) return undefined;
		before = timestamp;
	}
	return before === undefined ? undefined : ties;
}

const [DASH, T, Z] = [45, 84, 90];

/** Whether text looks like `2026-11-01T12:00:00.1234567Z`, with any number of digits, by a few of its characters. */
export function isPlainUtc(value: unknown): value is string {
	return (
		typeof value === 'string' &&
		value.length >= 20 &&
		value.charCodeAt(4) === DASH &&
		value.charCodeAt(10) === T &&
		value.charCodeAt(value.length - 1) === Z
	);
}

/** Compares two such texts by their time; without their Z where they have different numbers of digits. */
export function isBefore(a: string, b: string): boolean {
	return a.length === b.length ? a < b : a.slice(0, -1) < b.slice(0, -1);
}
