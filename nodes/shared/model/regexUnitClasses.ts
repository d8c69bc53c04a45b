import { type CodeUnits, UNIT_COUNT } from './regexUnits';

/**
 * Partitions all code units into classes: the code units of a class belong to the same of the given
 * sets, so an expression built from these sets treats them alike.
 */
export class UnitClasses {
	/** The first code unit of each class, ascending. */
	private readonly firstUnits: number[];

	private readonly classByUnit = new Uint16Array(UNIT_COUNT);

	constructor(sets: readonly CodeUnits[]) {
		const boundaries = sets.flatMap((units) => units.flatMap(([first, last]) => [first, last + 1]));
		this.firstUnits = [...new Set([0, ...boundaries])].filter((unit) => unit < UNIT_COUNT);
		this.firstUnits.sort((a, b) => a - b);
		this.firstUnits.forEach((first, index) =>
			this.classByUnit.fill(index, first, this.firstUnits[index + 1]),
		);
	}

	get count(): number {
		return this.firstUnits.length;
	}

	classOf(unit: number): number {
		return this.classByUnit[unit] as number;
	}

	/** For each class, whether its code units are in a set. Must be one of the given sets. */
	within(units: CodeUnits): boolean[] {
		const flags = this.firstUnits.map(() => false);
		for (const [first, last] of units) {
			flags.fill(true, this.classOf(first), this.classOf(last) + 1);
		}
		return flags;
	}
}
