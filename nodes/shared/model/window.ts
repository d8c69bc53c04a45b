import { ceilTo, DAY, type Duration, type Instant, later, MILLISECOND, SECOND } from './instant';

/** A half-open interval of time: `from` belongs to it, `to` does not. */
export interface Window {
	from: Instant;
	to: Instant;
}

/**
 * The longest window that one query may ask for. An older page of the API's documentation allowed
 * 60 days; two seconds less leave room for rounding and for the overlap (docs/api.md#range).
 */
export const MAX_WINDOW: Duration = 60n * DAY - 2n * SECOND;

/**
 * How far a query reaches back behind an inner boundary. The events found there belong to the window
 * before it and are dropped, so nothing is lost if the API omits events that lie exactly on `from`
 * (docs/api.md#from).
 */
export const BOUNDARY_OVERLAP: Duration = MILLISECOND;

/**
 * Splits a window into parts of at most `maxLength`, newest first. Inner boundaries lie on whole
 * seconds, so that an event falls on the same side whether its timestamp is shown with seven
 * fractional digits or cut to milliseconds.
 */
export function splitWindow(window: Window, maxLength: Duration = MAX_WINDOW): Window[] {
	const parts: Window[] = [];
	let to = window.to;
	while (to - window.from > maxLength) {
		const from = ceilTo(to - maxLength, SECOND);
		parts.push({ from, to });
		to = from;
	}
	parts.push({ from: window.from, to });
	return parts;
}

/** The window to ask the API for, so that every event of `part` is in the response. */
export function withOverlap(part: Window, whole: Window): Window {
	const isInner = part.from > whole.from;
	const from = isInner ? later(whole.from, part.from - BOUNDARY_OVERLAP) : part.from;
	// A window of its own: a query stays what it is, also when the part is split later.
	return { from, to: part.to };
}
