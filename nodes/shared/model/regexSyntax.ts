import {
	CLASS_ESCAPES,
	type CodeUnits,
	complement,
	LINE_TERMINATORS,
	singleton,
	soleUnit,
	union,
} from './regexUnits';

/**
 * The syntax of JavaScript's regular expressions without flags, as far as the time to match it grows
 * with the length of the text alone: no backreferences and no lookarounds.
 */

export type Assertion = 'start' | 'end' | 'boundary' | 'notBoundary';

export type Expression =
	| { kind: 'set'; units: CodeUnits }
	| { kind: 'assertion'; assertion: Assertion }
	| { kind: 'sequence'; parts: Expression[] }
	| { kind: 'choice'; options: Expression[] }
	| { kind: 'repeat'; part: Expression; min: number; max: number };

const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * @param pattern one that JavaScript accepts
 * @returns the expression, or the name of the first construct that is not supported
 */
export function parsePattern(
	pattern: string,
): { expression: Expression } | { unsupported: string } {
	const parser = new Parser(pattern);
	const expression = parser.parseChoice();
	const { unsupported } = parser;
	return unsupported === undefined ? { expression } : { unsupported };
}

class Parser {
	/** The first construct that is not supported. Whatever is parsed after it has no meaning. */
	unsupported?: string;

	private position = 0;

	constructor(private readonly pattern: string) {}

	parseChoice(): Expression {
		const options = [this.parseSequence()];
		while (this.consume('|')) options.push(this.parseSequence());
		return options.length === 1 ? (options[0] as Expression) : { kind: 'choice', options };
	}

	private parseSequence(): Expression {
		const parts: Expression[] = [];
		while (this.position < this.pattern.length && !'|)'.includes(this.peek())) {
			parts.push(this.parseQuantifier(this.parseAtom()));
		}
		return { kind: 'sequence', parts };
	}

	/** @returns the part with the quantifier that follows it, if any */
	private parseQuantifier(part: Expression): Expression {
		const match = this.match(/([*+?]|\{\d+(?:,\d*)?\})\??/y);
		if (!match) return part;
		const [quantifier = ''] = match;
		if (quantifier.startsWith('*')) return { kind: 'repeat', part, min: 0, max: Infinity };
		if (quantifier.startsWith('+')) return { kind: 'repeat', part, min: 1, max: Infinity };
		if (quantifier.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 };
		const [min = '', max = min] = quantifier.replace(/[{}?]/g, '').split(',');
		return { kind: 'repeat', part, min: Number(min), max: max === '' ? Infinity : Number(max) };
	}

	private parseAtom(): Expression {
		const unit = this.next();
		switch (unit) {
			case '^':
				return { kind: 'assertion', assertion: 'start' };
			case '$':
				return { kind: 'assertion', assertion: 'end' };
			case '.':
				return { kind: 'set', units: complement(LINE_TERMINATORS) };
			case '(':
				return this.parseGroup();
			case '[':
				return { kind: 'set', units: this.parseSet() };
			case '\\':
				return this.parseEscape();
			default:
				return { kind: 'set', units: singleton(unit.charCodeAt(0)) };
		}
	}

	private parseGroup(): Expression {
		if (this.consume('?') && !this.consume(':')) {
			const name = this.match(/<[^=!][^>]*>/y);
			const isLookaround = /^<?[=!]/.test(this.pattern.slice(this.position, this.position + 2));
			if (!name) this.unsupported ??= isLookaround ? 'a lookaround' : 'a modifier';
		}
		const inner = this.parseChoice();
		this.consume(')');
		return inner;
	}

	private parseEscape(): Expression {
		const boundary = this.match(/[bB]/y);
		if (boundary) {
			const assertion = boundary[0] === 'b' ? 'boundary' : 'notBoundary';
			return { kind: 'assertion', assertion };
		}
		if (/[1-9k]/.test(this.peek())) this.unsupported ??= 'a backreference';
		return { kind: 'set', units: this.parseEscapedUnits() };
	}

	/** What follows a backslash, in a set and elsewhere. */
	private parseEscapedUnits(): CodeUnits {
		const hex = this.match(/x([\da-fA-F]{2})|u([\da-fA-F]{4})/y);
		if (hex) return singleton(parseInt(hex[1] ?? hex[2] ?? '', 16));
		const control = this.match(/c([a-zA-Z])/y);
		if (control) return singleton((control[1] as string).charCodeAt(0) % 32);
		if (this.match(/0(?!\d)/y)) return singleton(0);
		const letter = this.next();
		if (/\d/.test(letter)) this.unsupported ??= 'a number after a backslash';
		if (/[cpP]/.test(letter)) this.unsupported ??= `\\${letter}`;
		return CLASS_ESCAPES[letter] ?? singleton(CONTROL_ESCAPES[letter] ?? letter.charCodeAt(0));
	}

	private parseSet(): CodeUnits {
		const isNegated = this.consume('^');
		const ranges: Array<readonly [number, number]> = [];
		while (this.position < this.pattern.length && !this.consume(']')) {
			ranges.push(...this.parseSetMember());
		}
		return isNegated ? complement(union(ranges)) : union(ranges);
	}

	/** A character, a class such as `\d`, or a range. */
	private parseSetMember(): CodeUnits {
		const first = this.parseSetUnits();
		const isRange = this.peek() === '-' && this.pattern[this.position + 1] !== ']';
		if (!isRange) return first;
		this.position++;
		const last = this.parseSetUnits();
		// Between two characters, a hyphen forms a range; beside a class, it stands for itself.
		const [from, to] = [soleUnit(first), soleUnit(last)];
		return from !== undefined && to !== undefined
			? [[from, to]]
			: [...first, ...singleton(45), ...last];
	}

	private parseSetUnits(): CodeUnits {
		if (!this.consume('\\')) return singleton(this.next().charCodeAt(0));
		return this.consume('b') ? singleton(8) : this.parseEscapedUnits();
	}

	/** The next code unit; empty at the end. */
	private peek(): string {
		return this.pattern[this.position] ?? '';
	}

	private next(): string {
		return this.pattern[this.position++] ?? '';
	}

	/** @returns whether the code unit comes next; if it does, it is consumed */
	private consume(unit: string): boolean {
		if (this.peek() !== unit) return false;
		this.position++;
		return true;
	}

	/** Consumes what a sticky expression matches. */
	private match(sticky: RegExp): RegExpExecArray | null {
		sticky.lastIndex = this.position;
		const match = sticky.exec(this.pattern);
		if (match) this.position += match[0].length;
		return match;
	}
}
