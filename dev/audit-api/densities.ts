import { Random } from './random';

/**
 * How the events of a log lie in its range: the place of an event, from 0 at the old end to 1 at the new end, by its
 * rank among all events, from 0 to 1.
 */
export type Density = (rank: number) => number;

const DAYS = 30;

export const DENSITIES = {
	even: (rank) => rank,
	'1 % of the range': (rank) => 0.5 + rank / 100,
	'power law towards the old end': powerLaw,
	'power law towards the new end': (rank) => 1 - powerLaw(1 - rank),
	'daily rhythm': inverse(dailyShare),
	// Half of the events, in a thousandth of the range.
	'one burst': inverse((place) => (place + clamp((place - 0.37) * 1000)) / 2),
} satisfies Record<string, Density>;

export type DensityName = keyof typeof DENSITIES;

export const DENSITY_NAMES = Object.keys(DENSITIES) as DensityName[];

/** The places of `count` events, oldest first, as far from a regular grid as those of a real log are. */
export function placesOf(density: Density, count: number): number[] {
	const random = new Random(1);
	const ranks = Array.from({ length: count }, (_one, index) => (index + random.next()) / count);
	return ranks.map(density);
}

/** One over the distance from the end, down to a thousandth: half of the events are in 3 % of the range. */
function powerLaw(rank: number): number {
	return (1000 ** rank - 1) / 999;
}

/** The share of events before a place: at noon there are 20 times as many per minute as at midnight. */
function dailyShare(place: number): number {
	const swing = 19 / 21;
	return place - (swing * Math.sin(2 * Math.PI * DAYS * place)) / (2 * Math.PI * DAYS);
}

/** Finds the place with a given share of the events before it. */
function inverse(shareBefore: (place: number) => number): Density {
	return (rank) => {
		let [low, high] = [0, 1];
		for (let step = 0; step < 50; step++) {
			const middle = (low + high) / 2;
			if (shareBefore(middle) < rank) low = middle;
			else high = middle;
		}
		return low;
	};
}

function clamp(value: number): number {
	return Math.min(1, Math.max(0, value));
}
