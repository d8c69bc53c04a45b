/**
 * The syntax of JavaScript's regular expressions without flags, as far as it can be matched in a time
 * that grows with the text alone: no backreferences and no lookarounds.
 */

/** Code units from the first to the last of each pair, in order and apart. */
export type CodeUnits = ReadonlyArray<readonly [number, number]>;

export type Assertion = 'start' | 'end' | 'boundary' | 'notBoundary';

export type Expression =
	| { kind: 'set'; units: CodeUnits }
	| { kind: 'assertion'; assertion: Assertion }
	| { kind: 'sequence'; parts: Expression[] }
	| { kind: 'choice'; options: Expression[] }
	| { kind: 'repeat'; part: Expression; min: number; max: number };

const LAST_UNIT = 0xffff;
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
const LINE_ENDS: CodeUnits = [
	[10, 10],
	[13, 13],
	[0x2028, 0x2029],
];

const CLASSES: Readonly<Record<string, CodeUnits>> = {
	d: DIGITS,
	D: allBut(DIGITS),
	w: WORD_UNITS,
	W: allBut(WORD_UNITS),
	s: SPACES,
	S: allBut(SPACES),
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * @param pattern one that JavaScript takes
 * @returns the expression, or the name of what in it is not supported
 */
export function parsePattern(
	pattern: string,
): { expression: Expression } | { unsupported: string } {
	const parser = new Parser(pattern);
	const expression = parser.choice();
	const { unsupported } = parser;
	return unsupported === undefined ? { expression } : { unsupported };
}

class Parser {
	/** The first thing that is not supported. What is parsed from there on counts for nothing. */
	unsupported?: string;

	private at = 0;

	constructor(private readonly pattern: string) {}

	choice(): Expression {
		const options = [this.sequence()];
		while (this.takes('|')) options.push(this.sequence());
		return options.length === 1 ? (options[0] as Expression) : { kind: 'choice', options };
	}

	private sequence(): Expression {
		const parts: Expression[] = [];
		while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at] as string)) {
			parts.push(this.repeated(this.atom()));
		}
		return { kind: 'sequence', parts };
	}

	private repeated(part: Expression): Expression {
		const quantifier = this.match(/([*+?]|\{\d+(?:,\d*)?\})\??/y);
		if (!quantifier) return part;
		const [sign = ''] = quantifier;
		if (sign.startsWith('*')) return { kind: 'repeat', part, min: 0, max: Infinity };
		if (sign.startsWith('+')) return { kind: 'repeat', part, min: 1, max: Infinity };
		if (sign.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 };
		const [min = '', max = min] = sign.replace(/[{}?]/g, '').split(',');
		return { kind: 'repeat', part, min: Number(min), max: max === '' ? Infinity : Number(max) };
	}

	private atom(): Expression {
		const unit = this.pattern[this.at++] as string;
		switch (unit) {
			case '^':
				return { kind: 'assertion', assertion: 'start' };
			case '$':
				return { kind: 'assertion', assertion: 'end' };
			case '.':
				return { kind: 'set', units: allBut(LINE_ENDS) };
			case '(':
				return this.group();
			case '[':
				return { kind: 'set', units: this.set() };
			case '\\':
				return this.escape();
			default:
				return { kind: 'set', units: only(unit.charCodeAt(0)) };
		}
	}

	private group(): Expression {
		if (this.takes('?') && !this.takes(':')) {
			const name = this.match(/<[^=!][^>]*>/y);
			const isLookaround = /^<?[=!]/.test(this.pattern.slice(this.at, this.at + 2));
			if (!name) this.unsupported ??= isLookaround ? 'lookaround' : 'modifier';
		}
		const inner = this.choice();
		this.at++;
		return inner;
	}

	private escape(): Expression {
		const boundary = this.match(/[bB]/y);
		if (boundary) {
			const assertion = boundary[0] === 'b' ? 'boundary' : 'notBoundary';
			return { kind: 'assertion', assertion };
		}
		if (/[1-9k]/.test(this.pattern[this.at] as string)) this.unsupported ??= 'backreference';
		return { kind: 'set', units: this.escapedUnits() };
	}

	/** What follows a backslash, in a set and elsewhere. */
	private escapedUnits(): CodeUnits {
		const hex = this.match(/x([\da-fA-F]{2})|u([\da-fA-F]{4})/y);
		if (hex) return only(parseInt(hex[1] ?? hex[2] ?? '', 16));
		const control = this.match(/c([a-zA-Z])/y);
		if (control) return only((control[1] as string).charCodeAt(0) % 32);
		if (this.match(/0(?!\d)/y)) return only(0);
		const letter = this.pattern[this.at++] as string;
		if (/\d/.test(letter)) this.unsupported ??= 'number after a backslash';
		if (/[cpP]/.test(letter)) this.unsupported ??= `\\${letter}`;
		return CLASSES[letter] ?? only(CONTROLS[letter] ?? letter.charCodeAt(0));
	}

	private set(): CodeUnits {
		const isNegated = this.takes('^');
		const ranges: Array<readonly [number, number]> = [];
		while (this.at < this.pattern.length && !this.takes(']')) {
			const first = this.setMember();
			const isRange = this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']';
			if (!isRange) {
				ranges.push(...first);
				continue;
			}
			this.at++;
			const last = this.setMember();
			// Between two characters it is a range; beside a class such as \d, a hyphen is itself.
			const [from, to] = [single(first), single(last)];
			if (from !== undefined && to !== undefined) ranges.push([from, to]);
			else ranges.push(...first, ...only(45), ...last);
		}
		return isNegated ? allBut(inOrder(ranges)) : inOrder(ranges);
	}

	private setMember(): CodeUnits {
		if (!this.takes('\\')) return only(this.pattern.charCodeAt(this.at++));
		return this.takes('b') ? only(8) : this.escapedUnits();
	}

	private takes(unit: string): boolean {
		if (this.pattern[this.at] !== unit) return false;
		this.at++;
		return true;
	}

	private match(sticky: RegExp): RegExpExecArray | null {
		sticky.lastIndex = this.at;
		const match = sticky.exec(this.pattern);
		if (match) this.at += match[0].length;
		return match;
	}
}

function only(unit: number): CodeUnits {
	return [[unit, unit]];
}

function single(units: CodeUnits): number | undefined {
	const [first] = units;
	return units.length === 1 && first && first[0] === first[1] ? first[0] : undefined;
}

function inOrder(units: CodeUnits): CodeUnits {
	const merged: Array<[number, number]> = [];
	for (const [from, to] of [...units].sort((a, b) => a[0] - b[0])) {
		const last = merged.at(-1);
		if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
		else merged.push([from, to]);
	}
	return merged;
}

function allBut(units: CodeUnits): CodeUnits {
	const gaps: Array<[number, number]> = [];
	let next = 0;
	for (const [from, to] of units) {
		if (from > next) gaps.push([next, from - 1]);
		next = to + 1;
	}
	if (next <= LAST_UNIT) gaps.push([next, LAST_UNIT]);
	return gaps;
}
