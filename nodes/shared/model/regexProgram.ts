import type { Assertion, CodeUnits, Expression } from './regexSyntax';

/** A step of a program: steps are named by their place in the list. */
export type Step =
	| { kind: 'take'; units: CodeUnits; next: number }
	| { kind: 'check'; assertion: Assertion; next: number }
	| { kind: 'fork'; next: number[] }
	| { kind: 'accept' };

export interface Program {
	steps: Step[];
	start: number;
}

/** How many steps an expression comes to at most, its repetitions written out. */
export function sizeOf(expression: Expression): number {
	switch (expression.kind) {
		case 'set':
		case 'assertion':
			return 1;
		case 'sequence':
			return sum(expression.parts);
		case 'choice':
			return sum(expression.options) + 1;
		case 'repeat': {
			const { part, min, max } = expression;
			return (max === Infinity ? min + 1 : max) * (sizeOf(part) + 1);
		}
	}
}

function sum(expressions: Expression[]): number {
	return expressions.reduce((total, expression) => total + sizeOf(expression), 0);
}

/** Writes an expression as a program that may be at several steps at once (a Thompson NFA). */
export function compile(expression: Expression): Program {
	const steps: Step[] = [{ kind: 'accept' }];
	const add = (step: Step): number => steps.push(step) - 1;

	/** Adds the steps of an expression that goes on at `next`, and gives its first one. */
	const write = (node: Expression, next: number): number => {
		switch (node.kind) {
			case 'set':
				return add({ kind: 'take', units: node.units, next });
			case 'assertion':
				return add({ kind: 'check', assertion: node.assertion, next });
			case 'sequence':
				return node.parts.reduceRight((after, part) => write(part, after), next);
			case 'choice':
				return add({ kind: 'fork', next: node.options.map((option) => write(option, next)) });
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
			const again: number[] = [next];
			first = add({ kind: 'fork', next: again });
			again.push(write(part, first));
		} else {
			for (let left = max - min; left > 0; left--) {
				first = add({ kind: 'fork', next: [write(part, first), next] });
			}
		}
		for (let left = min; left > 0; left--) first = write(part, first);
		return first;
	};

	const start = write(expression, 0);
	return { steps, start };
}
