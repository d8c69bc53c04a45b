import { isRecord } from '../model/json';

const HIDDEN = '[redacted]';
/** Shorter ones would also be found where they mean nothing. */
const MIN_SECRET_LENGTH = 4;
/** How many times longer a secret can be when it is escaped. */
const MAX_GROWTH = 12;
/** Far more than is ever shown of a text. */
const MAX_SCANNED_LENGTH = 20_000;

/** What looks like a secret, known or not. */
const PATTERNS: Array<[RegExp, string]> = [
	[/\b(Bearer|Basic)(\s|%20|\+)+[^\s"'<>,;&]+/gi, `$1 ${HIDDEN}`],
	[/\beyJ[\w-]{8,}(\.[\w-]*)*/g, HIDDEN],
	[
		/\b((?:client_secret|access_token|refresh_token|client_assertion)["'\\]*\s*(?:[:=]|%3D)\s*["'\\]*)[^\s"'<>,;&\\]+/gi,
		`$1${HIDDEN}`,
	],
];

/** The secrets of a credential and the tokens that were seen, to keep them out of all that is shown. */
export class Secrets {
	private readonly known = new Set<string>();

	private clientId = '';

	/** @param credential as n8n decrypts it */
	learn(credential: unknown): void {
		if (!isRecord(credential)) return;
		const { clientId, clientSecret, oauthTokenData } = credential;
		if (typeof clientId === 'string') this.clientId = clientId;
		this.add(clientSecret);
		if (!isRecord(oauthTokenData)) return;
		const { access_token: access, refresh_token: refresh, id_token: id } = oauthTokenData;
		[access, refresh, id].forEach((token) => this.add(token));
	}

	/** @param header what was sent as Authorization */
	learnHeader(header: unknown): void {
		if (typeof header === 'string') this.add(header.replace(/^\S+\s+/, ''));
	}

	/**
	 * A server's text in a form that can be shown: on one line, without secrets, control
	 * characters, and anything past `maxLength` characters.
	 */
	clean(text: string, maxLength: number): string {
		const longest = Math.max(0, ...[...this.known].map(({ length }) => MAX_GROWTH * length));
		const isCut = text.length > MAX_SCANNED_LENGTH;
		let shown = isCut ? text.slice(0, MAX_SCANNED_LENGTH + longest) : text;
		for (const form of this.forms()) shown = shown.replace(new RegExp(form, 'gi'), HIDDEN);
		for (const [pattern, by] of PATTERNS) shown = shown.replace(pattern, by);
		// What a cut left of a secret is not found.
		if (isCut) shown = shown.slice(0, Math.max(0, shown.length - longest));
		shown = shown.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
		return shown.length > maxLength
			? `${shown.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
			: shown;
	}

	private add(value: unknown): void {
		if (typeof value === 'string' && value.length >= MIN_SECRET_LENGTH) this.known.add(value);
	}

	/**
	 * Patterns of each secret as it may come back, the longest first, since some contain others. The case is to
	 * be ignored: percent-encoding and hex are written in either.
	 */
	private forms(): string[] {
		const forms = new Set<string>();
		for (const secret of this.known) {
			for (const text of [secret, `${this.clientId}:${secret}`]) {
				forms.add(escapedForm(text));
				for (const form of encodingsOf(text)) {
					if (form.length >= MIN_SECRET_LENGTH) forms.add(literal(form));
				}
			}
		}
		return [...forms].sort((a, b) => b.length - a.length);
	}
}

/**
 * A pattern of a text that may be escaped, every encoder escaping other characters: for JSON, also within JSON, for a
 * URL or a form, also twice, or for HTML.
 */
function escapedForm(text: string): string {
	return [...text].map(escapedCharacter).join('');
}

const HTML_NAMES: Record<string, string> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

function escapedCharacter(character: string): string {
	if (/\w/.test(character)) return character;
	const unicode = character
		.split('')
		.map((unit) => `\\\\{1,4}u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
	const bytes = [...Buffer.from(character)].map(
		(byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`,
	);
	const codePoint = character.codePointAt(0) ?? 0;
	const names = [`#0*${codePoint}`, `#x0*${codePoint.toString(16)}`];
	const name = HTML_NAMES[character];
	if (name) names.push(name);
	const forms = [
		`\\\\{0,4}${literal(character)}`,
		unicode.join(''),
		bytes.join(''),
		`&(?:amp;)*(?:${names.join('|')});`,
		...(character === ' ' ? ['\\+'] : []),
	];
	return `(?:${forms.join('|')})`;
}

function literal(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Encodings of the bytes of a text. */
function encodingsOf(text: string): string[] {
	return [
		Buffer.from(text).toString('hex'),
		...[0, 1, 2].flatMap((offset) => {
			const base64 = base64Within(text, offset);
			const urlSafe = base64.replace(/\+/g, '-').replace(/\//g, '_');
			return [base64, urlSafe, encodeURIComponent(base64)];
		}),
	];
}

/** What of a longer text's base64 stands for this part of it, which begins `offset` bytes into a group. */
function base64Within(text: string, offset: number): string {
	const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
	const whole = Math.floor((bytes.length * 8) / 6);
	return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
}
