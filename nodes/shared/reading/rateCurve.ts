import { earlier, type Instant } from '../model/instant';
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
		this.points.splice(start, end - start, ...inserted);
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
		const pieces: Piece[] = [];
		let start = from;
		for (let index = this.countBefore(from, true); start < to; index++) {
			const end = earlier(this.points[index]?.at ?? to, to);
			if (end <= start) continue;
			const [logFrom, logTo] = [this.logRate(index, start), this.logRate(index, end)];
			pieces.push({ from: start, length: Number(end - start), logFrom, logTo });
			start = end;
		}
		return pieces;
	}

	/** The logarithm of the rate at an instant between the point before `index` and the one there. */
	private logRate(index: number, at: Instant): number {
		const before = this.points[index - 1];
		const after = this.points[index];
		if (!before || !after) return (before ?? after)?.logRate ?? 0;
		const least = Math.max(before.logRate, after.logRate) - MAX_CHANGE;
		const first = Math.max(least, before.logRate);
		const last = Math.max(least, after.logRate);
		return first + ((last - first) * Number(at - before.at)) / Number(after.at - before.at);
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
