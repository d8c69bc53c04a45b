import type { Program } from './regexProgram';
import { UnitClasses } from './regexUnitClasses';
import { WORD_UNITS } from './regexUnits';

/** How much of a text is searched, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 100_000;

/** How many states are stored. Further ones are computed each time: slower, but still in bounded time. */
const MAX_STATES = 1_000;

/** The steps that a search may be at before it reads the next code unit. */
interface State {
	steps: number[];
	/** The kind of the previous code unit, for `^` and `\b`. */
	before: 'nothing' | 'word' | 'other';
	isStored: boolean;
	/** The next state for each class of code units, filled in when first needed. */
	next: Array<State | undefined>;
}

/** Runs a program as a deterministic automaton: the search is in one state at a time. */
export class RegexMatcher {
	private readonly classes: UnitClasses;

	/** For each class, whether its code units are word characters. */
	private readonly isWord: boolean[];

	/** For each step and each class, whether the step consumes a code unit of that class. */
	private readonly accepts: boolean[][];

	private readonly states = new Map<string, State>();

	private readonly reached: StepSet;

	private readonly added: StepSet;

	private readonly initial = this.stateOf([], 'nothing');

	constructor(private readonly program: Program) {
		const sets = program.steps.map((step) => (step.kind === 'consume' ? step.units : []));
		this.classes = new UnitClasses([WORD_UNITS, ...sets]);
		this.isWord = this.classes.within(WORD_UNITS);
		this.accepts = sets.map((units) => this.classes.within(units));
		this.reached = new StepSet(program.steps.length);
		this.added = new StepSet(program.steps.length);
	}

	/** Whether there is a match anywhere in the first 100,000 code units of a text. */
	test(text: string): boolean {
		const length = Math.min(text.length, MAX_TEXT_LENGTH);
		let state = this.initial;
		for (let index = 0; index <= length; index++) {
			// The end of the text has a class of its own, after those of the code units.
			const unitClass =
				index === text.length ? this.classes.count : this.classes.classOf(text.charCodeAt(index));
			const next = state.next[unitClass] ?? this.follow(state, unitClass);
			if (typeof next === 'string') return next === 'match';
			if (state.isStored && next.isStored) state.next[unitClass] = next;
			state = next;
		}
		return false;
	}

	private follow({ steps, before }: State, unitClass: number): State | 'match' | 'noMatch' {
		const isEnd = unitClass === this.classes.count;
		const isWord = !isEnd && this.isWord[unitClass] === true;
		const holds = {
			start: before === 'nothing',
			end: isEnd,
			boundary: (before === 'word') !== isWord,
			notBoundary: (before === 'word') === isWord,
		};
		this.reached.clear();
		this.added.clear();
		// A match may begin at every position.
		const open = [this.program.start, ...steps];
		const after: number[] = [];
		for (let index = open.pop(); index !== undefined; index = open.pop()) {
			if (!this.reached.add(index)) continue;
			const step = this.program.steps[index];
			if (step?.kind === 'accept') return 'match';
			if (step?.kind === 'split') open.push(...step.next);
			if (step?.kind === 'assert' && holds[step.assertion]) open.push(step.next);
			if (step?.kind !== 'consume' || !this.accepts[index]?.[unitClass]) continue;
			if (this.added.add(step.next)) after.push(step.next);
		}
		return isEnd ? 'noMatch' : this.stateOf(after, isWord ? 'word' : 'other');
	}

	private stateOf(steps: number[], before: State['before']): State {
		if (this.states.size >= MAX_STATES) return { steps, before, isStored: false, next: [] };
		steps.sort((a, b) => a - b);
		const key = `${before} ${steps.join()}`;
		const known = this.states.get(key);
		if (known) return known;
		const state: State = { steps, before, isStored: true, next: [] };
		this.states.set(key, state);
		return state;
	}
}

/** A set of steps that is cleared in constant time, because it is cleared for each code unit. */
class StepSet {
	/** For each step, the round in which it was last added: there may be more rounds than 32 bits count. */
	private readonly addedIn: Float64Array;

	private round = 1;

	constructor(size: number) {
		this.addedIn = new Float64Array(size);
	}

	clear(): void {
		this.round++;
	}

	/** @returns whether the step is new in the set */
	add(step: number): boolean {
		if (this.addedIn[step] === this.round) return false;
		this.addedIn[step] = this.round;
		return true;
	}
}
