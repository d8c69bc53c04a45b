import { createHash } from 'crypto';

/** So many characters of a value are shown; of a longer one as many as leave room for its fingerprint. */
const MAX_LENGTH = 80;
const TRUNCATED_LENGTH = 64;

/** So many marks on one letter are shown as marks; more of them would cover the lines around. */
const MAX_MARKS = 3;

/**
 * What has no shape of its own: control, format and unassigned characters, variation selectors, tags,
 * halves of a character pair, every space but the usual one, and a few whose properties do not tell it.
 * ↵ and ‹ are the signs by which such characters are shown here.
 */
const NOT_SHOWABLE =
	/[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u2800\u3000\uFFFC\u{1D159}↵‹]|\u{16FE4}/u;

const MARK = /\p{M}/u;

/**
 * A value as one line of plain text that no other value has: a line break as ↵, a character that
 * cannot be seen or told from another as its number, such as ‹U+200B›, the rest of a long value as a
 * fingerprint, such as ‹…1f2e3d4c5b6a›.
 */
export function visible(value: string): string {
	const shown: string[] = [];
	let length = 0;
	let kept = 0;
	for (const character of visibleCharacters(value)) {
		shown.push(character);
		length += character.startsWith('‹') ? character.length : 1;
		if (length <= TRUNCATED_LENGTH) kept = shown.length;
		if (length > MAX_LENGTH) return `${shown.slice(0, kept).join('')}‹…${fingerprint(value)}›`;
	}
	return shown.join('');
}

/** The characters of a value, each as itself or as what stands for it. */
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

interface Before {
	isMark: boolean;
	/** The letter before, with its marks; empty where it is none that a mark could stand on. */
	letter: string;
	marks: number;
}

function isShowable(character: string, { isMark, letter, marks }: Before): boolean {
	if (character < '\x7F') return character >= ' ';
	if (NOT_SHOWABLE.test(character)) return false;
	if (isMark && (letter === '' || letter === ' ' || marks >= MAX_MARKS)) return false;
	// Two ways to write one letter look the same; the one that is not the usual one is told.
	const together = letter + character;
	return together.normalize('NFC') === together;
}

/** e.g. `‹U+200B›` */
export function codeOf(character: string): string {
	return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

function fingerprint(value: string): string {
	// Of the code units, which differ also where UTF-8 has one sign for all that it cannot hold.
	return createHash('sha256').update(value, 'utf16le').digest('hex').slice(0, 12);
}

const RIGHT_TO_LEFT =
	/[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Keeps a value that is read from right to left from changing the order of what stands around it. */
export function isolated(text: string): string {
	return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
