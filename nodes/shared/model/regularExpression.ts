import { RegexMatcher } from './regexMatcher';
import { compile, sizeOf } from './regexProgram';
import { parsePattern } from './regexSyntax';

const MAX_PATTERN_LENGTH = 1_000;
/** How many steps a pattern may compile to, with its repetitions written out. */
const MAX_STEPS = 1_000;

export type ParsedExpression = { matcher: RegexMatcher } | { problem: string; advice: string };

/**
 * Parses a regular expression with the syntax and the meaning of JavaScript's, without flags. What is
 * accepted is matched in a time that only grows with the length of the text, whereas JavaScript's own
 * matcher can take hours for `^(\w+\s?)*$` and 40 characters.
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
			problem: `n8n cannot evaluate this regular expression in bounded time, because it contains ${parsed.unsupported}`,
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
	return { matcher: new RegexMatcher(compile(parsed.expression)) };
}

function isValid(pattern: string): boolean {
	try {
		new RegExp(pattern);
		return true;
	} catch {
		return false;
	}
}
