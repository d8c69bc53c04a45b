/** A number as in JSON, with the additional spellings that people use, such as +1 and .5. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Whether a double holds a decimal number exactly. It holds 15 to 17 digits: 7615917337495251231 becomes
 * 7615917337495251000, and 1e400 becomes infinity. 1.50 and 1e21 are exact: JavaScript only spells them
 * in another way.
 */
export function isExact(text: string): boolean {
	const number = Number(text);
	return Number.isFinite(number) && normalize(String(number)) === normalize(text);
}

/** Parses a number. @returns the number and whether it is exact; undefined if the text is not a number */
export function parseNumber(text: string): { number: number; isExact: boolean } | undefined {
	if (!NUMBER.test(text)) return undefined;
	// Turns -0 into 0, because JSON does not keep the sign.
	return { number: Number(text) + 0, isExact: isExact(text) };
}

/** Whether all numbers in a text are exact. The text must be valid JSON. */
export function hasExactNumbers(json: string): boolean {
	const tokens = json.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
	return tokens.every((token) => token.startsWith('"') || isExact(token));
}

/** A unique spelling of a number: its digits without leading and trailing zeros, and a power of ten. */
function normalize(number: string): string {
	const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
	const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
	const digits = whole + fraction;
	let start = 0;
	let end = digits.length;
	while (digits[start] === '0') start++;
	if (start === end) return '0';
	while (digits[end - 1] === '0') end--;
	const power = Number(exponent) - fraction.length + digits.length - end;
	return `${number.startsWith('-') ? '-' : ''}${digits.slice(start, end)}e${power}`;
}
