/**
 * Divides places among parties so that the largest share of one place is as small as possible: the next place always
 * goes to the party whose share would be the largest (the method of highest averages).
 *
 * @param parties what each of them has, and how many places it has already
 * @param places how many places there are to give
 * @param minShare nobody is given a place for a smaller share
 * @returns how many places each party has then
 */
export function apportion(
	parties: ReadonlyArray<{ size: number; places: number }>,
	places: number,
	minShare: number,
): number[] {
	const given = parties.map((party) => party.places);
	for (let left = places; left > 0; left--) {
		const shares = parties.map(({ size }, index) => size / ((given[index] ?? 0) + 1));
		const largest = Math.max(...shares);
		if (!(largest >= minShare)) break;
		const index = shares.indexOf(largest);
		given[index] = (given[index] ?? 0) + 1;
	}
	return given;
}
