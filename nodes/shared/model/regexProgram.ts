import type { Assertion, Expression } from './regexSyntax';
import type { CodeUnits } from './regexUnits';

/** A step of a program; steps refer to each other by their index. */
export type Step =
	| { kind: 'consume'; units: CodeUnits; next: number }
	| { kind: 'assert'; assertion: Assertion; next: number }
	| { kind: 'split'; next: number[] }
	| { kind: 'accept' };

export interface Program {
	steps: Step[];
	start: number;
}

/** How many steps an expression compiles to at most, with its repetitions written out. */
export function sizeOf(expression: Expression): number {
	switch (expression.kind) {
		case 'set':
		case 'assertion':
			return 1;
		case 'sequence':
			return sumOfSizes(expression.parts);
		case 'choice':
			return sumOfSizes(expression.options) + 1;
		case 'repeat': {
			const { part, min, max } = expression;
			return (max === Infinity ? min + 1 : max) * (sizeOf(part) + 1);
		}
	}
}

function sumOfSizes(expressions: Expression[]): number {
	return expressions.reduce((total, expression) => total + sizeOf(expression), 0);
}

/** Compiles an expression to a program that may be at several steps at once (a Thompson NFA). */
export function compile(expression: Expression): Program {
	const steps: Step[] = [{ kind: 'accept' }];
	const add = (step: Step): number => steps.push(step) - 1;

	/** Adds the steps of an expression that continues at `next`. @returns the first of them */
	const write = (node: Expression, next: number): number => {
		switch (node.kind) {
			case 'set':
				return add({ kind: 'consume', units: node.units, next });
			case 'assertion':
				return add({ kind: 'assert', assertion: node.assertion, next });
			case 'sequence':
				return node.parts.reduceRight((after, part) => write(part, after), next);
			case 'choice':
				return add({ kind: 'split', next: node.options.map((option) => write(option, next)) });
			case 'repeat':
				return writeRepeat(node, next);
		}
	};

	const writeRepeat = (
		{ part, min, max }: Extract<Expression, { kind: 'repeat' }>,
		next: number,
	): number => {
		let first = next;
		if (max === Infinity) {
			const branches: number[] = [next];
			first = add({ kind: 'split', next: branches });
			branches.push(write(part, first));
		} else {
			for (let optional = max - min; optional > 0; optional--) {
				first = add({ kind: 'split', next: [write(part, first), next] });
			}
		}
		for (let required = min; required > 0; required--) first = write(part, first);
		return first;
	};

	const start = write(expression, 0);
	return { steps, start };
}
