import { compile, type Program, sizeOf } from './regexProgram';
import { parsePattern, WORD_UNITS } from './regexSyntax';

const MAX_PATTERN_LENGTH = 1_000;
/** How large a pattern may become with its repetitions written out. */
const MAX_STEPS = 1_000;
/** How much of a text is searched, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 100_000;
/** How many states are kept. Beyond, each is worked out when it is needed, which is slower and bounded, too. */
const MAX_STATES = 1_000;

export type ParsedExpression =
	| { expression: RegularExpression }
	| { problem: string; advice: string };

/**
 * Reads a regular expression as JavaScript does without flags, unless it could take long: what is
 * accepted is matched in a time that grows with the length of the text alone, where JavaScript's own
 * matcher can take hours for 40 characters and `^(\w+\s?)*$`.
 */
export function parseExpression(pattern: unknown): ParsedExpression {
	if (typeof pattern !== 'string') {
		return {
			problem: 'a regular expression must be text',
			advice: "Set 'Value Type' to 'String'.",
		};
	}
	if (pattern.length > MAX_PATTERN_LENGTH) {
		return {
			problem: `the regular expression is longer than ${MAX_PATTERN_LENGTH} characters`,
			advice: 'Use a shorter one, or several conditions.',
		};
	}
	if (!isValid(pattern)) {
		return {
			problem: 'not a valid regular expression',
			advice: 'Check the brackets and backslashes.',
		};
	}
	const parsed = parsePattern(pattern);
	if ('unsupported' in parsed) {
		return {
			problem: `n8n cannot evaluate this regular expression in bounded time, because it contains a ${parsed.unsupported}`,
			advice:
				"Rewrite it without lookarounds such as (?=…), backreferences such as \\1, and \\p. Or set 'Apply Filters In' to 'Signicat'.",
		};
	}
	if (sizeOf(parsed.expression) > MAX_STEPS) {
		return {
			problem: `the repetitions in the regular expression expand to more than ${MAX_STEPS} characters`,
			advice: 'Use smaller numbers in { }, or use * or +.',
		};
	}
	return { expression: new RegularExpression(compile(parsed.expression)) };
}

function isValid(pattern: string): boolean {
	try {
		new RegExp(pattern);
		return true;
	} catch {
		return false;
	}
}

/** The steps that a search may be at, before a code unit is looked at. */
interface State {
	steps: number[];
	before: 'nothing' | 'word' | 'other';
	isKept: boolean;
	/** What follows, by the class of the next code unit: filled in when it is first needed. */
	next: Array<State | undefined>;
}

/** Finds out whether a text has a match: with each code unit the search is in one state. */
export class RegularExpression {
	/** The class of each code unit: the expression treats those of one class alike. */
	private readonly classOf = new Uint16Array(0x10000);

	private readonly isWord: boolean[] = [];

	/** For each step that takes a code unit: by class, whether it takes it. */
	private readonly takes: boolean[][];

	private readonly endClass: number;

	private readonly states = new Map<string, State>();

	/** For each step, the last turn in which it was reached, and in which it was put into a state. */
	private readonly reachedIn: Uint32Array;

	private readonly addedIn: Uint32Array;

	private turn = 0;

	private readonly initial = this.stateOf([], 'nothing');

	constructor(private readonly program: Program) {
		const { steps } = program;
		this.reachedIn = new Uint32Array(steps.length);
		this.addedIn = new Uint32Array(steps.length);
		const sets = steps.map((step) => (step.kind === 'take' ? step.units : []));
		const starts = [WORD_UNITS, ...sets].flatMap((units) =>
			units.flatMap(([from, to]) => [from, to + 1]),
		);
		const bounds = [...new Set([0, ...starts])].filter((unit) => unit <= 0xffff);
		bounds.sort((a, b) => a - b);
		bounds.forEach((from, index) => this.classOf.fill(index, from, bounds[index + 1]));
		const within = (units: (typeof sets)[number]) => {
			const flags = bounds.map(() => false);
			for (const [from, to] of units) {
				const last = this.classOf[to] as number;
				for (let index = this.classOf[from] as number; index <= last; index++) flags[index] = true;
			}
			return flags;
		};
		this.isWord = within(WORD_UNITS);
		this.takes = sets.map(within);
		this.endClass = bounds.length;
	}

	/** Whether there is a match anywhere in the first 100,000 code units of a text. */
	test(text: string): boolean {
		const length = Math.min(text.length, MAX_TEXT_LENGTH);
		let state = this.initial;
		for (let index = 0; index <= length; index++) {
			const unitClass =
				index === text.length ? this.endClass : (this.classOf[text.charCodeAt(index)] as number);
			const next = state.next[unitClass] ?? this.follow(state, unitClass);
			if (typeof next === 'string') return next === 'match';
			if (state.isKept && next.isKept) state.next[unitClass] = next;
			state = next;
		}
		return false;
	}

	private follow({ steps, before }: State, unitClass: number): State | 'match' | 'noMatch' {
		const isEnd = unitClass === this.endClass;
		const isWord = !isEnd && this.isWord[unitClass] === true;
		const holds = {
			start: before === 'nothing',
			end: isEnd,
			boundary: (before === 'word') !== isWord,
			notBoundary: (before === 'word') === isWord,
		};
		const turn = this.nextTurn();
		// A match may begin at every place.
		const open = [this.program.start, ...steps];
		const after: number[] = [];
		for (let at = open.pop(); at !== undefined; at = open.pop()) {
			if (this.reachedIn[at] === turn) continue;
			this.reachedIn[at] = turn;
			const step = this.program.steps[at];
			if (step?.kind === 'accept') return 'match';
			if (step?.kind === 'fork') open.push(...step.next);
			if (step?.kind === 'check' && holds[step.assertion]) open.push(step.next);
			if (step?.kind !== 'take' || !this.takes[at]?.[unitClass]) continue;
			if (this.addedIn[step.next] === turn) continue;
			this.addedIn[step.next] = turn;
			after.push(step.next);
		}
		return isEnd ? 'noMatch' : this.stateOf(after, isWord ? 'word' : 'other');
	}

	private nextTurn(): number {
		if (this.turn === 0xffffffff) {
			this.reachedIn.fill(0);
			this.addedIn.fill(0);
			this.turn = 0;
		}
		return ++this.turn;
	}

	private stateOf(steps: number[], before: State['before']): State {
		if (this.states.size >= MAX_STATES) return { steps, before, isKept: false, next: [] };
		steps.sort((a, b) => a - b);
		const key = `${before} ${steps.join()}`;
		const known = this.states.get(key);
		if (known) return known;
		const state: State = { steps, before, isKept: true, next: [] };
		this.states.set(key, state);
		return state;
	}
}
