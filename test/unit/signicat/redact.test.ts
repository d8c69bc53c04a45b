import { describe, expect, test } from '@jest/globals';
import { Secrets } from '../../../nodes/shared/signicat/redact';

const CLIENT_ID = 'sandbox-client';
const TEXTS = [
	'p%41ss+w ord',
	'a+b c/d=e&f',
	'quo"te\\back',
	'æøå€ñ',
	'plain-secret-1',
	'<s&m>%25',
];

const unicodeEscape = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;

const FORMS: Array<[string, (text: string) => string]> = [
	['as it is', (text) => text],
	['in capitals', (text) => text.toUpperCase()],
	['in JSON', (text) => JSON.stringify({ text })],
	['in JSON in JSON', (text) => JSON.stringify(JSON.stringify({ text }))],
	['percent-encoded', encodeURIComponent],
	[
		'percent-encoded in small letters',
		(text) => encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase()),
	],
	['percent-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
	['as a form', (text) => new URLSearchParams({ client_secret: text, x: '1' }).toString()],
	['in base64', (text) => Buffer.from(text).toString('base64')],
	['in URL-safe base64', (text) => Buffer.from(text).toString('base64url')],
	[
		'as Basic credentials',
		(text) => `Basic ${Buffer.from(`${CLIENT_ID}:${text}`).toString('base64')}`,
	],
	['somewhere in base64', (text) => Buffer.from(`{"x":"${text}","y":1}`).toString('base64')],
	['in hex', (text) => Buffer.from(text).toString('hex')],
	[
		'in JSON of .NET',
		(text) =>
			JSON.stringify(text).replace(/[&'+<>`]|\\"|[^ -~]/g, (character) =>
				unicodeEscape(character.slice(-1).charCodeAt(0)).toUpperCase().replace('U', 'u'),
			),
	],
	[
		'in JSON of Python',
		(text) =>
			JSON.stringify(text).replace(/[^ -~]/g, (character) =>
				unicodeEscape(character.charCodeAt(0)),
			),
	],
	[
		'in JSON of PHP',
		(text) =>
			JSON.stringify(text)
				.replace(/\//g, '\\/')
				.replace(/[^ -~]/g, (character) => unicodeEscape(character.charCodeAt(0))),
	],
	['in a URL', (text) => new URL(`https://x.example/?${text}`).search],
	[
		'in HTML with numbers',
		(text) => text.replace(/[^\w ]/g, (character) => `&#${character.charCodeAt(0)};`),
	],
	[
		'in HTML with hexadecimal numbers',
		(text) =>
			text.replace(/[&<>"'`=/]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`),
	],
	[
		'in HTML',
		(text) =>
			text
				.replace(/&/g, '&amp;')
				.replace(/</g, '&lt;')
				.replace(/>/g, '&gt;')
				.replace(/"/g, '&quot;'),
	],
];

describe('Secrets', () => {
	describe.each(TEXTS)('of %s', (secret) => {
		const secrets = new Secrets();
		secrets.learn({ clientId: CLIENT_ID, clientSecret: secret });

		test.each(FORMS)('find it %s', (_form, encode) => {
			const shown = secrets.clean(`before ${encode(secret)} after`, 1000);
			expect(shown).toContain('[redacted]');
			expect(shown).not.toContain(secret);
			expect(shown).not.toContain(encode(secret));
			expect(shown).toMatch(/^before .*after$/);
		});
	});

	test('hide what looks like a token, whoever\u2019s it is', () => {
		const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl';
		const text = `Bearer abc ${jwt} access_token=def&x=1 {"client_secret":"ghi"} Bearer%20jkl`;
		const shown = new Secrets().clean(text, 1000);
		for (const secret of ['abc', jwt, 'def', 'ghi', 'jkl']) expect(shown).not.toContain(secret);
		expect(shown).toContain('x=1');
	});

	test('are those of every token that was seen', () => {
		const secrets = new Secrets();
		secrets.learn({ oauthTokenData: { access_token: 'first-token' } });
		secrets.learn({ oauthTokenData: { access_token: 'second-token' } });
		secrets.learnHeader('Bearer third-token');
		expect(secrets.clean('first-token second-token third-token', 99)).toBe(
			'[redacted] [redacted] [redacted]',
		);
	});

	test.each([undefined, null, 'text', 7, [], {}, { oauthTokenData: true }, { clientSecret: 5 }])(
		'take %p for a credential without any',
		(credential) => {
			const secrets = new Secrets();
			secrets.learn(credential);
			expect(secrets.clean('text 5 true', 99)).toBe('text 5 true');
		},
	);

	test('are found before a text is cut, wherever the cut is', () => {
		const secret = 'S'.repeat(43);
		const secrets = new Secrets();
		secrets.learn({ clientSecret: secret });
		for (let before = 440; before < 520; before++) {
			expect(secrets.clean('x'.repeat(before) + secret, 500)).not.toMatch(/S{2}/);
		}
		for (let before = 19_900; before < 20_200; before++) {
			expect(secrets.clean(' '.repeat(before) + secret, 500)).not.toMatch(/S{2}/);
		}
	});

	test('bound a text, and leave no half of a character at its end', () => {
		const shown = new Secrets().clean('👍'.repeat(1000), 500);
		expect(shown.length).toBeLessThanOrEqual(500);
		expect(() => encodeURIComponent(shown)).not.toThrow();
	});

	test('take control characters and line breaks out of a text', () => {
		expect(new Secrets().clean('a\u0000b\r\n\tc\u202ed\u200be\u2028f', 99)).toBe('a b c d e f');
	});
});
