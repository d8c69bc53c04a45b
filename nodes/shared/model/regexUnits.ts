/** A set of UTF-16 code units: ranges from the first to the last, in order and apart. */
export type CodeUnits = ReadonlyArray<readonly [first: number, last: number]>;

/** How many code units there are. */
export const UNIT_COUNT = 0x10000;

const DIGITS: CodeUnits = [[48, 57]];
export const WORD_UNITS: CodeUnits = [
	[48, 57],
	[65, 90],
	[95, 95],
	[97, 122],
];
const SPACES: CodeUnits = [
	[9, 13],
	[32, 32],
	[0xa0, 0xa0],
	[0x1680, 0x1680],
	[0x2000, 0x200a],
	[0x2028, 0x2029],
	[0x202f, 0x202f],
	[0x205f, 0x205f],
	[0x3000, 0x3000],
	[0xfeff, 0xfeff],
];
export const LINE_TERMINATORS: CodeUnits = [
	[10, 10],
	[13, 13],
	[0x2028, 0x2029],
];

/** The sets that escapes such as `\d` stand for, by their letter. */
export const CLASS_ESCAPES: Readonly<Record<string, CodeUnits>> = {
	d: DIGITS,
	D: complement(DIGITS),
	w: WORD_UNITS,
	W: complement(WORD_UNITS),
	s: SPACES,
	S: complement(SPACES),
};

export function singleton(unit: number): CodeUnits {
	return [[unit, unit]];
}

/** The code unit of a set that has only one. */
export function soleUnit(units: CodeUnits): number | undefined {
	const [range] = units;
	return units.length === 1 && range && range[0] === range[1] ? range[0] : undefined;
}

/** The union of ranges, which may overlap and be in any order. */
export function union(ranges: CodeUnits): CodeUnits {
	const merged: Array<[first: number, last: number]> = [];
	for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
		const previous = merged.at(-1);
		if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
		else merged.push([first, last]);
	}
	return merged;
}

/** All code units that are not in a set. */
export function complement(units: CodeUnits): CodeUnits {
	const gaps: Array<[first: number, last: number]> = [];
	let next = 0;
	for (const [first, last] of units) {
		if (first > next) gaps.push([next, first - 1]);
		next = last + 1;
	}
	if (next < UNIT_COUNT) gaps.push([next, UNIT_COUNT - 1]);
	return gaps;
}
