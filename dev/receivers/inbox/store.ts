import { createHash } from 'node:crypto';
import type { Arrival, LocalReceiver } from '../types';

/** An arrival with an id that stays the same. */
export interface StoredArrival extends Arrival {
	id: string;
}

/** Everything that has arrived at some receivers, newest first. */
export function allArrivals(receivers: readonly LocalReceiver[]): StoredArrival[] {
	const counts = new Map<string, number>();
	return receivers
		.flatMap(({ arrivals }) => arrivals)
		.map((arrival) => {
			const { at, receiver, to, title } = arrival;
			const hash = createHash('sha256').update(JSON.stringify([at, receiver, to, title]));
			const key = hash.digest('hex').slice(0, 16);
			const count = counts.get(key) ?? 0;
			counts.set(key, count + 1);
			return { ...arrival, id: count === 0 ? key : `${key}-${count}` };
		})
		.sort((a, b) => b.at.localeCompare(a.at));
}
