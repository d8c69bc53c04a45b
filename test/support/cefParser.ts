/** A line in the Common Event Format, parsed as its specification says, independently of what writes it. */
export interface CefRecord {
	version: string;
	deviceVendor: string;
	deviceProduct: string;
	deviceVersion: string;
	signatureId: string;
	name: string;
	severity: string;
	extension: Record<string, string>;
}

/** @throws Error for anything that the specification does not allow */
export function parseCef(line: string): CefRecord {
	if (/[\r\n]/.test(line)) throw new Error('A record is one line');
	if (!line.startsWith('CEF:')) throw new Error('No CEF prefix');
	const { fields, rest } = splitHeader(line.slice('CEF:'.length));
	const [version, deviceVendor, deviceProduct, deviceVersion, signatureId, name, severity] = fields;
	if (fields.some((field) => field === '')) throw new Error('A header field is empty');
	return {
		version,
		deviceVendor,
		deviceProduct,
		deviceVersion,
		signatureId,
		name,
		severity,
		extension: parseExtension(rest),
	} as CefRecord;
}

/** Seven fields that end with `|`. A backslash and a pipe within a field have a backslash before them. */
function splitHeader(text: string): { fields: string[]; rest: string } {
	const fields: string[] = [];
	let field = '';
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		if (character === '\\') {
			const escaped = text.charAt(++i);
			if (escaped !== '\\' && escaped !== '|') throw new Error('Unknown escape in the header');
			field += escaped;
		} else if (character === '|') {
			fields.push(field);
			field = '';
			if (fields.length === 7) return { fields, rest: text.slice(i + 1) };
		} else {
			field += character;
		}
	}
	throw new Error('The header has fewer than seven fields');
}

const ESCAPES: Record<string, string> = { '\\': '\\', '=': '=', n: '\n', r: '\r' };

/** `key=value` pairs. A value reaches to the space before the next key, which an `=` without a backslash ends. */
function parseExtension(text: string): Record<string, string> {
	const extension: Record<string, string> = {};
	const ends = [...text.matchAll(/(?<=(?:^|[^\\])(?:\\\\)*)=/g)].map(({ index }) => index);
	let keyStart = 0;
	ends.forEach((end, at) => {
		const key = text.slice(keyStart, end);
		if (!/^[A-Za-z0-9]+$/.test(key)) throw new Error(`Not a key: ${key}`);
		if (key in extension) throw new Error(`A key occurs twice: ${key}`);
		const next = ends[at + 1];
		keyStart = next === undefined ? text.length : text.lastIndexOf(' ', next) + 1;
		const value = text.slice(end + 1, next === undefined ? undefined : keyStart - 1);
		extension[key] = value.replace(/\\([^])?/g, (_all, escaped?: string) => {
			const character = ESCAPES[escaped ?? ''];
			if (character === undefined) throw new Error('Unknown escape in a value');
			return character;
		});
	});
	if (ends.length === 0 && text !== '') throw new Error('No key');
	return extension;
}
