import { createHash } from 'crypto';

/** The longest line, in characters. A longer one is truncated to leave room for its fingerprint. */
export const MAX_LENGTH = 80;
/** Room for `‹…` and the 12 digits of a fingerprint, and the like. */
const FINGERPRINT_LENGTH = 16;

/** How many combining marks a letter may have; more would cover the lines around it. */
const MAX_MARKS = 3;

/**
 * Characters without a shape of their own: control, format and unassigned characters, variation
 * selectors, tags, lone surrogates, every space but U+0020, and a few that Unicode does not mark as such.
 * ↵ and ‹ are among them because they stand for such characters here.
 */
const INVISIBLE =
	/[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\uFFFC\u{1D159}↵‹]|\u{16FE4}/u;

const MARK = /\p{M}/u;

/**
 * A value as one line of plain text, different for every value. A line break becomes ↵, a character that
 * is invisible or looks like another becomes its code point, such as ‹U+200B›, and the end of a long
 * value becomes a fingerprint, such as ‹…1f2e3d4c5b6a›.
 *
 * @param options `maxLength`: in characters, more than 16
 */
export function visible(value: string, { maxLength = MAX_LENGTH } = {}): string {
	const shown: string[] = [];
	let length = 0;
	let kept = 0;
	for (const character of visibleCharacters(value)) {
		shown.push(character);
		length += character.startsWith('‹') ? character.length : 1;
		if (length <= maxLength - FINGERPRINT_LENGTH) kept = shown.length;
		if (length > maxLength) return `${shown.slice(0, kept).join('')}‹…${fingerprint(value)}›`;
	}
	return shown.join('');
}

/** The characters of a value, each as it is or as what replaces it. */
function* visibleCharacters(value: string): Generator<string> {
	let letter = '';
	let marks = 0;
	let end = 0;
	for (const character of value) {
		end += character.length;
		const isMark = MARK.test(character);
		const isPlain =
			character === ' '
				? letter !== ' ' && end > 1 && end < value.length
				: isShowable(character, { isMark, letter, marks });
		yield isPlain ? character : character === '\n' ? '↵' : codeOf(character);
		marks = isMark ? marks + 1 : 0;
		letter = !isPlain ? '' : isMark ? letter + character : character;
	}
}

interface Preceding {
	isMark: boolean;
	/** The letter before, with its marks; empty if a mark cannot be added to it. */
	letter: string;
	marks: number;
}

function isShowable(character: string, { isMark, letter, marks }: Preceding): boolean {
	if (character < '\x7F') return character >= ' ';
	if (INVISIBLE.test(character)) return false;
	if (isMark && (letter === '' || letter === ' ' || marks >= MAX_MARKS)) return false;
	// Two encodings of a letter look the same, so only the normalized one (NFC) is shown as it is.
	const together = letter + character;
	return together.normalize('NFC') === together;
}

/** e.g. `‹U+200B›` */
export function codeOf(character: string): string {
	return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

function fingerprint(value: string): string {
	// UTF-16, because UTF-8 would encode every lone surrogate as the same replacement character.
	return createHash('sha256').update(value, 'utf16le').digest('hex').slice(0, 12);
}

const RIGHT_TO_LEFT =
	/[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Keeps right-to-left text from changing the order of the text around it. */
export function isolate(text: string): string {
	return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
