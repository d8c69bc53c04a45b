/** The most bytes that a file system takes for a name. */
const MAX_BYTES = 255;

/** An extension longer than this is not kept when a name is cut. */
const MAX_EXTENSION_BYTES = 32;

const NOT_IN_A_NAME = /[\\/:*?"<>|]/g;

/** Control and invisible characters but white space, what turns text around, halves of a character pair. */
const NOT_SHOWN = /(?![\t-\r])[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/** Names of devices on Windows, with whatever extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

/**
 * The name that was asked for as every file system takes it: no path, nothing invisible, no name of a
 * device, no dots, hyphens or spaces that a system drops or gives a meaning at the ends, at most 255
 * bytes with its extension kept. Ends in `.gz` where the file is compressed.
 *
 * @returns undefined where nothing is left of it
 */
export function readFileName(value: unknown, { gzip }: { gzip: boolean }): string | undefined {
	if (typeof value !== 'string') return undefined;
	const name = value
		.replace(NOT_SHOWN, '')
		.replace(/\s+/g, ' ')
		.normalize('NFC')
		.replace(NOT_IN_A_NAME, '-')
		.replace(/^[-. ]+/, '');
	const base = withoutEnd(gzip ? name.replace(/\.gz[. ]*$/i, '') : name);
	if (base === '') return undefined;
	return fitting(DEVICE.test(base) ? `_${base}` : base, gzip ? '.gz' : '');
}

/** Cuts what is too long before the extension. */
function fitting(name: string, end: string): string {
	if (byteLength(name + end) <= MAX_BYTES) return name + end;
	const lastPart = /(?<=.)\.[^. ]+$/u.exec(name)?.[0] ?? '';
	const extension = (byteLength(lastPart) <= MAX_EXTENSION_BYTES ? lastPart : '') + end;
	const room = MAX_BYTES - byteLength(extension);
	let start = '';
	for (const character of name) {
		if (byteLength(start + character) > room) break;
		start += character;
	}
	return withoutEnd(start) + extension;
}

function withoutEnd(name: string): string {
	let end = name.length;
	while (name[end - 1] === '.' || name[end - 1] === ' ') end--;
	return name.slice(0, end);
}

function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}
