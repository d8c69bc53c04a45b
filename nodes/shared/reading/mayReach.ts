import type { Instant } from '../model/instant';

interface Reach {
	boundary: Instant;
	/** How many places an event may be away from where it belongs. */
	slack: number;
	/** The time of the events before the first one, where that is known. */
	above: Instant | undefined;
}

/** For each place, whether an event without a time that stands there may be as new as `boundary`. */
export function mayReach(
	times: ReadonlyArray<Instant | undefined>,
	{ boundary, slack, above }: Reach,
): boolean[] {
	// How many events with a time may follow before one at the boundary is too many places away.
	let left = above === undefined || above >= boundary ? slack : 0;
	const reach: boolean[] = [];
	times.forEach((time, at) => {
		if (time !== undefined) left = time >= boundary ? slack : left - 1;
		reach[at] = left > 0;
	});
	left = 0;
	for (let at = times.length - 1; at >= 0; at--) {
		const time = times[at];
		if (time !== undefined) left = time >= boundary ? slack : left - 1;
		if (left > 0) reach[at] = true;
	}
	return reach;
}
