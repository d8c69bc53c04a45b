import { ceilTo, DAY, type Duration, type Instant, later, MILLISECOND, SECOND } from './instant';

/** A half-open stretch of time: `from` belongs to it, `to` does not. */
export interface Window {
	from: Instant;
	to: Instant;
}

/**
 * The longest stretch that one query may ask for. An older page of the API's documentation allowed
 * 60 days; two seconds less leave room for rounding and for the overlap (docs/api.md#range).
 */
export const MAX_WINDOW: Duration = 60n * DAY - 2n * SECOND;

/**
 * How far a query reaches back behind an inner boundary. The events found there belong to the window
 * before it and are dropped, so nothing is lost if the API leaves out events that lie exactly on
 * `from` (docs/api.md#from).
 */
export const BOUNDARY_OVERLAP: Duration = MILLISECOND;

/**
 * Cuts a window into pieces of at most `longest`, newest first. Inner boundaries lie on whole
 * seconds, so that an event falls on the same side whether its timestamp is shown with seven
 * fractional digits or cut to milliseconds.
 */
export function splitWindow(window: Window, longest: Duration = MAX_WINDOW): Window[] {
	const pieces: Window[] = [];
	let to = window.to;
	while (to - window.from > longest) {
		const from = ceilTo(to - longest, SECOND);
		pieces.push({ from, to });
		to = from;
	}
	pieces.push({ from: window.from, to });
	return pieces;
}

/** The window to ask the API for, so that every event of `piece` is in the answer. */
export function withOverlap(piece: Window, whole: Window): Window {
	const isInner = piece.from > whole.from;
	const from = isInner ? later(whole.from, piece.from - BOUNDARY_OVERLAP) : piece.from;
	// A window of its own: a query stays what it is, also when the piece is cut later.
	return { from, to: piece.to };
}
