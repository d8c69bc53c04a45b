/**
 * Divides places among parties so that the largest share of one place is as small as possible: the next place always
 * goes to the party whose share would be the largest (the method of highest averages).
 *
 * @param parties what each of them has, and how many places it has already, at least 1
 * @param places how many places there are to give
 * @param minShare nobody is given a place for a smaller share
 * @returns how many places each party has then
 */
export function apportion(
	parties: ReadonlyArray<{ size: number; places: number }>,
	places: number,
	minShare: number,
): number[] {
	const all = parties.map((party) => ({ ...party }));
	const shareOf = ({ size, places: own }: { size: number; places: number }, more = 0) =>
		size / (own + more);
	for (let left = places; left > 0; left--) {
		const worthOne = all.filter((party) => shareOf(party, 1) >= minShare);
		if (worthOne.length === 0) break;
		worthOne.reduce((a, b) => (shareOf(b) > shareOf(a) ? b : a)).places++;
	}
	return all.map((party) => party.places);
}
