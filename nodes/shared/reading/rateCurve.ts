import type { Instant } from '../model/instant';
import type { Window } from '../model/window';

/** How often events happen at an instant, in events per ns, as its natural logarithm. */
interface Point {
	at: Instant;
	logRate: number;
}

/** A part of a window on which the logarithm of the rate is a straight line. */
interface Piece {
	from: Instant;
	/** In ns. */
	length: number;
	logFrom: number;
	logTo: number;
}

/** More points than this are thinned out: by then, those that matter are close together. */
const MAX_POINTS = 10_000;

/**
 * How much the logarithm of the rate may change between two instants: where it drops to nothing, nobody knows how
 * suddenly. For random bursts, 2.5, 3, 4, 5 and 6 take 1.10, 1.12, 1.13, 1.17 and 1.16 times as long as for events that
 * lie evenly.
 */
const MAX_CHANGE = 2.5;

/** A rate that hardly changes counts as constant. */
const CONSTANT = 1e-6;

/**
 * How many events are expected where none were read yet: between two instants with known rates, the logarithm of the
 * rate is interpolated, so that a rate that rises a thousandfold does so evenly. Outside of them, the rate is that
 * of the nearest one.
 */
export class RateCurve {
	/** Oldest first; two of the same instant where the rate jumps. */
	private points: Point[] = [];

	/** Whether any rate is known. */
	get isKnown(): boolean {
		return this.points.length > 0;
	}

	/**
	 * Notes the rates at both ends of a window that was read.
	 *
	 * @param rates events per ns, above 0
	 */
	note({ from, to }: Window, rates: { from: number; to: number }): void {
		const inserted = [
			{ at: from, logRate: Math.log(rates.from) },
			{ at: to, logRate: Math.log(rates.to) },
		];
		// What is known inside of it is of no more use.
		const start = this.countBefore(from, true);
		const end = this.countBefore(to, false);
		this.points.splice(start, Math.max(0, end - start), ...inserted);
		if (this.points.length > MAX_POINTS) this.points = this.points.filter((_one, at) => at % 2 > 0);
	}

	/** The number of events expected in a window. */
	eventsIn(window: Window): number {
		return this.piecesOf(window).reduce((sum, piece) => sum + eventsOf(piece), 0);
	}

	/** The instant of a window before which so many events are expected; its end where there are fewer. */
	instantAfter(events: number, window: Window): Instant {
		let remaining = Math.max(0, events);
		for (const piece of this.piecesOf(window)) {
			const own = eventsOf(piece);
			if (own >= remaining) return piece.from + BigInt(Math.round(lengthOf(piece, remaining)));
			remaining -= own;
		}
		return window.to;
	}

	/** From old to new. */
	private piecesOf({ from, to }: Window): Piece[] {
		const first = this.countBefore(from, true);
		const pieces: Piece[] = [];
		let start: Point = { at: from, logRate: this.logRateBetween(first, from) };
		for (let index = first; start.at < to; index++) {
			const next = this.points[index];
			const isInside = next !== undefined && next.at < to;
			const end = isInside ? next : { at: to, logRate: this.logRateBetween(index, to) };
			if (end.at > start.at) pieces.push(pieceBetween(start, end));
			start = end;
		}
		return pieces;
	}

	/** The rate at an instant between the point before `index` and the one there. */
	private logRateBetween(index: number, at: Instant): number {
		const before = this.points[index - 1];
		const after = this.points[index];
		if (!before || !after) return (before ?? after)?.logRate ?? 0;
		if (after.at === before.at) return after.logRate;
		const part = Number(at - before.at) / Number(after.at - before.at);
		return before.logRate + (after.logRate - before.logRate) * part;
	}

	/** How many points are before an instant, or at it too. */
	private countBefore(instant: Instant, andAt: boolean): number {
		let [low, high] = [0, this.points.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			const { at } = this.points[middle] as Point;
			if (at < instant || (andAt && at === instant)) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

function pieceBetween(start: Point, end: Point): Piece {
	const least = Math.max(start.logRate, end.logRate) - MAX_CHANGE;
	return {
		from: start.at,
		length: Number(end.at - start.at),
		logFrom: Math.max(least, start.logRate),
		logTo: Math.max(least, end.logRate),
	};
}

function eventsOf({ length, logFrom, logTo }: Piece): number {
	const change = logTo - logFrom;
	const rate = Math.exp(logFrom);
	if (Math.abs(change) < CONSTANT) return rate * length;
	return (rate * length * Math.expm1(change)) / change;
}

/** How long it takes from the start of a piece until it has so many events, in ns. */
function lengthOf({ length, logFrom, logTo }: Piece, events: number): number {
	const change = logTo - logFrom;
	const rate = Math.exp(logFrom);
	if (Math.abs(change) < CONSTANT) return events / rate;
	return (length * Math.log1p((events * change) / (rate * length))) / change;
}
