/** A number as JSON and people write it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Whether a number that is written in decimal digits comes out again as it went in. A JavaScript
 * number holds 15 to 17 digits: of 7615917337495251231 it makes 7615917337495251000, and of 1e400
 * infinity. 1.50 and 1e21 are fine: they are another spelling of the same number.
 */
export function isExact(text: string): boolean {
	const number = Number(text);
	return Number.isFinite(number) && decimal(String(number)) === decimal(text);
}

/** The number that a text is, and whether it is held exactly; undefined for a text that is none. */
export function parseNumber(text: string): { number: number; isExact: boolean } | undefined {
	if (!NUMBER.test(text)) return undefined;
	// Without the sign of a negative zero, which JSON does not keep.
	return { number: Number(text) + 0, isExact: isExact(text) };
}

/** Whether all numbers of a JSON text are held exactly. The text has to be valid JSON. */
export function hasExactNumbers(json: string): boolean {
	const tokens = json.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
	return tokens.every((token) => token.startsWith('"') || isExact(token));
}

/** One spelling for each number: its digits without zeros around them, and the power of ten. */
function decimal(number: string): string {
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
