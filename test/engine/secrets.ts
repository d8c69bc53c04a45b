import { gunzipSync } from 'node:zlib';

/** Shorter ones would occur by chance. */
const MIN_SECRET_LENGTH = 8;

export interface Secrets {
	clientId: string;
	/** The client secret and every token. */
	secrets: readonly string[];
}

/**
 * Searches everything that n8n stores or shows for a run: results, errors with their causes, stacks and
 * contexts, a trigger's state, files.
 *
 * @throws Error that says where a secret is, without the secret
 */
export function expectNoSecret(stored: unknown, known: Secrets): void {
	const forms = formsOf(known);
	if (forms.length === 0) return;
	for (const [path, text] of textsOf(stored)) {
		if (forms.some((form) => text.includes(form))) throw new Error(`There is a secret in ${path}`);
	}
}

/** All encodings in which the secrets may occur. */
export function formsOf({ clientId, secrets }: Secrets): string[] {
	const long = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH);
	const forms = long.flatMap((secret) => [
		secret,
		JSON.stringify(secret).slice(1, -1),
		encodeURIComponent(secret),
		new URLSearchParams([['', secret]]).toString().slice(1),
		Buffer.from(secret).toString('base64').replace(/=+$/, ''),
		Buffer.from(`${clientId}:${secret}`).toString('base64').replace(/=+$/, ''),
	]);
	// A token is the same in most encodings.
	return [...new Set(forms)];
}

/** Every reachable text with its path, including the fields of errors that JSON omits. */
function* textsOf(root: unknown): Generator<[path: string, text: string]> {
	const seen = new Set<object>();
	const open: Array<[path: string, value: unknown]> = [['the result', root]];
	for (let next = open.pop(); next; next = open.pop()) {
		const [path, value] = next;
		if (typeof value === 'string') yield [path, value];
		if (typeof value !== 'object' || value === null || seen.has(value)) continue;
		seen.add(value);
		if (Buffer.isBuffer(value)) yield [path, contentOf(value)];
		else for (const one of entriesOf(value)) open.push([`${path}.${one[0]}`, one[1]]);
		const { data, mimeType } = value as { data?: unknown; mimeType?: unknown };
		if (typeof data === 'string' && typeof mimeType === 'string') {
			yield [`${path} (a file)`, contentOf(Buffer.from(data, 'base64'))];
		}
	}
}

function entriesOf(value: object): Array<[string, unknown]> {
	if (value instanceof Map) return [...value].map(([key, one]) => [String(key), [key, one]]);
	if (value instanceof Set) return [...value].map((one, index) => [String(index), one]);
	const names = value instanceof Error ? Object.getOwnPropertyNames(value) : Object.keys(value);
	return names.flatMap((name) => {
		const one = (value as Record<string, unknown>)[name];
		return [
			[name, one] as [string, unknown],
			// A name can contain a secret as well.
			[name, name] as [string, unknown],
		];
	});
}

function contentOf(bytes: Buffer): string {
	const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
	return (isGzip ? gunzipSync(bytes) : bytes).toString();
}
