import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Connection } from '../../../nodes/shared/signicat/connection';
import {
	itemUrl,
	metadataUrl,
	nextUrl,
	propertiesUrl,
	queryUrl,
} from '../../../nodes/shared/signicat/paths';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';

const PLAIN: Connection = { baseUrl: 'https://api.signicat.com', query: {}, headers: {} };

const WITH_ACCOUNT: Connection = {
	...PLAIN,
	query: { 'signicat-accountId': 'a-1 &2', 'signicat-organizationId': 'o-1' },
};

const texts = fc.string({ minLength: 1, unit: 'grapheme' });

describe('the addresses', () => {
	test('are those of the API', () => {
		expect(itemUrl(PLAIN, 'c1')).toBe('https://api.signicat.com/audit/query/cursor/c1');
		expect(metadataUrl(PLAIN)).toBe('https://api.signicat.com/audit/query/metadata');
		expect(propertiesUrl(PLAIN, { target: 'Default', serviceName: 'Broker' })).toBe(
			'https://api.signicat.com/audit/query/properties?target=Default&serviceName=Broker',
		);
		expect(queryUrl(PLAIN, 1000)).toBe('https://api.signicat.com/audit/query?limit=1000');
	});

	test('keep a path that the base URL has', () => {
		const behindProxy = { ...PLAIN, baseUrl: 'https://proxy.example/signicat' };
		expect(metadataUrl(behindProxy)).toBe('https://proxy.example/signicat/audit/query/metadata');
	});

	test('carry the account and the organization where they are set, each escaped', () => {
		const account = 'signicat-accountId=a-1%20%262&signicat-organizationId=o-1';
		expect(itemUrl(WITH_ACCOUNT, 'c').split('?')[1]).toBe(account);
		expect(metadataUrl(WITH_ACCOUNT).split('?')[1]).toBe(account);
		expect(queryUrl(WITH_ACCOUNT, 5).split('?')[1]).toBe(`limit=5&${account}`);
		expect(propertiesUrl(WITH_ACCOUNT, { target: 't', serviceName: 's' }).split('?')[1]).toBe(
			`target=t&serviceName=s&${account}`,
		);
	});
});

describe('itemUrl', () => {
	test('escapes a cursor so that the server reads the very same one', () => {
		fc.assert(
			fc.property(texts, (cursor) => {
				const url = itemUrl(PLAIN, cursor);
				const last = url.slice('https://api.signicat.com/audit/query/cursor/'.length);
				expect(last).not.toMatch(/[/?#+ ]/);
				expect(decodeURIComponent(last)).toBe(cursor);
			}),
		);
	});

	test('escapes what cursors are known to hold', () => {
		expect(itemUrl(PLAIN, '/+=%?#')).toMatch(/cursor\/%2F%2B%3D%25%3F%23$/);
	});
});

describe('propertiesUrl', () => {
	test('says nothing of an event type that is missing or empty', () => {
		const query = { target: 't', serviceName: 's' };
		expect(propertiesUrl(PLAIN, { ...query, eventType: '' })).toBe(propertiesUrl(PLAIN, query));
		expect(propertiesUrl(PLAIN, { ...query, eventType: 'login' })).toBe(
			`${propertiesUrl(PLAIN, query)}&eventType=login`,
		);
	});

	test('escapes names so that the server reads the very same ones', () => {
		fc.assert(
			fc.property(texts, texts, texts, (target, serviceName, eventType) => {
				const url = new URL(propertiesUrl(PLAIN, { target, serviceName, eventType }));
				expect(Object.fromEntries(url.searchParams)).toEqual({ target, serviceName, eventType });
			}),
		);
	});
});

describe('nextUrl', () => {
	test.each([
		['an absolute URL', 'https://api.signicat.com/audit/query?cursor=a%2Bb%3D&limit=10'],
		['a path', '/audit/query?cursor=a%2Bb%3D&limit=10'],
		['a query alone', '?cursor=a%2Bb%3D&limit=10'],
	])('follows %s, and leaves its cursor as it is', (_what, next) => {
		expect(nextUrl(PLAIN, next)).toBe(
			'https://api.signicat.com/audit/query?cursor=a%2Bb%3D&limit=10',
		);
	});

	test('leaves a cursor alone that is not escaped as usual', () => {
		const next = 'https://api.signicat.com/audit/query?cursor=a+b/c==&x=%2f~';
		expect(nextUrl(PLAIN, next)).toBe(next);
		expect(nextUrl(WITH_ACCOUNT, next).startsWith(`${next}&`)).toBe(true);
	});

	test.each([
		['another host', 'https://evil.example/audit/query?cursor=a'],
		['another host without a scheme', '//evil.example/audit/query'],
		['a host that only begins like it', 'https://api.signicat.com.evil.example/audit/query'],
		['a host behind a user name', 'https://api.signicat.com@evil.example/audit/query'],
		['another port', 'https://api.signicat.com:8443/audit/query'],
		['an address that is not encrypted', 'http://api.signicat.com/audit/query'],
		['backslashes', '\\\\evil.example\\audit'],
		['another kind of address', 'javascript:alert(1)'],
		['a file', 'file:///etc/hosts'],
	])('refuses %s', (_what, next) => {
		expect(() => nextUrl(PLAIN, next)).toThrow(UnexpectedResponseError);
	});

	test('refuses what is no URL at all', () => {
		expect(() => nextUrl(PLAIN, 'https://')).toThrow('invalid next-page URL');
	});

	test('names the origin, and not the address, in what it says', () => {
		try {
			nextUrl(PLAIN, 'https://evil.example/?cursor=abc');
			throw new Error('It was accepted');
		} catch (error) {
			expect(error).toBeInstanceOf(UnexpectedResponseError);
			const { message, description } = error as UnexpectedResponseError;
			expect(description).toContain('https://api.signicat.com');
			expect(message + description).not.toMatch(/evil|abc/);
		}
	});

	test('never leaves the origin of the credential', () => {
		const anywhere = fc.oneof(fc.webUrl(), fc.string(), fc.webPath(), fc.webQueryParameters());
		fc.assert(
			fc.property(anywhere, (next) => {
				let url: string;
				try {
					url = nextUrl(WITH_ACCOUNT, next);
				} catch (error) {
					expect(error).toBeInstanceOf(UnexpectedResponseError);
					return;
				}
				expect(new URL(url).origin).toBe('https://api.signicat.com');
			}),
		);
	});

	test('adds the account and the organization where Signicat left them out', () => {
		const bare = new URL(nextUrl(WITH_ACCOUNT, '/audit/query'));
		expect(Object.fromEntries(bare.searchParams)).toEqual(WITH_ACCOUNT.query);
		const next = '/audit/query?cursor=c&signicat-accountId=other';
		expect([...new URL(nextUrl(WITH_ACCOUNT, next)).searchParams]).toEqual([
			['cursor', 'c'],
			['signicat-accountId', 'other'],
			['signicat-organizationId', 'o-1'],
		]);
	});
});
