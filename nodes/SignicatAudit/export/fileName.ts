/** The longest name that all common file systems accept, in bytes. */
const MAX_BYTES = 255;

/** A longer extension is not preserved when a name is truncated. */
const MAX_EXTENSION_BYTES = 32;

const RESERVED = /[\\/:*?"<>|]/g;

/** Control and invisible characters except white space, marks of text direction, and lone surrogates. */
const INVISIBLE = /(?![\t-\r])[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/** Names of devices on Windows, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

/**
 * Turns the requested name into one that every file system accepts: no path, nothing invisible, no name
 * of a device, no leading or trailing dots, hyphens or spaces that have a meaning or would be dropped,
 * and at most 255 bytes, with the extension preserved. Ends in `.gz` if the file is compressed.
 *
 * @returns undefined if nothing is left of the name
 */
export function readFileName(value: unknown, { gzip }: { gzip: boolean }): string | undefined {
	if (typeof value !== 'string') return undefined;
	const name = value
		.replace(INVISIBLE, '')
		.replace(/\s+/g, ' ')
		.normalize('NFC')
		.replace(RESERVED, '-')
		.replace(/^[-. ]+/, '');
	const base = trimEnd(gzip ? name.replace(/\.gz[. ]*$/i, '') : name);
	if (base === '') return undefined;
	return truncate(DEVICE.test(base) ? `_${base}` : base, gzip ? '.gz' : '');
}

/** Truncates a name that is too long, before its extension. */
function truncate(name: string, suffix: string): string {
	if (byteLength(name + suffix) <= MAX_BYTES) return name + suffix;
	const lastPart = /(?<=.)\.[^. ]+$/u.exec(name)?.[0] ?? '';
	const extension = (byteLength(lastPart) <= MAX_EXTENSION_BYTES ? lastPart : '') + suffix;
	const maxStartBytes = MAX_BYTES - byteLength(extension);
	let start = '';
	for (const character of name) {
		if (byteLength(start + character) > maxStartBytes) break;
		start += character;
	}
	return trimEnd(start) + extension;
}

function trimEnd(name: string): string {
	let end = name.length;
	while (name[end - 1] === '.' || name[end - 1] === ' ') end--;
	return name.slice(0, end);
}

function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}
