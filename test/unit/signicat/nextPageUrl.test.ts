import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';
import { nextPageUrl } from '../../../nodes/shared/signicat/nextPageUrl';
import { PLAIN, WITH_ACCOUNT } from './connections';

describe('nextPageUrl', () => {
	test.each([
		['an absolute URL', 'https://api.signicat.com/audit/query?cursor=a%2Bb%3D&limit=10'],
		['a path', '/audit/query?cursor=a%2Bb%3D&limit=10'],
		['a query alone', '?cursor=a%2Bb%3D&limit=10'],
	])('follows %s, and leaves its cursor as it is', (_what, next) => {
		expect(nextPageUrl(PLAIN, next)).toBe(
			'https://api.signicat.com/audit/query?cursor=a%2Bb%3D&limit=10',
		);
	});

	test.each(['/audit/query?cursor=a%2Bb%3D', '/signicat/audit/query?cursor=a%2Bb%3D'])(
		'stays below the path of the base URL, which %s may omit',
		(next) => {
			const connection = { ...PLAIN, baseUrl: 'https://proxy.example/signicat' };
			expect(nextPageUrl(connection, next)).toBe(
				'https://proxy.example/signicat/audit/query?cursor=a%2Bb%3D',
			);
		},
	);

	test('leaves a cursor alone that is not escaped as usual', () => {
		const next = 'https://api.signicat.com/audit/query?cursor=a+b/c==&x=%2f~';
		expect(nextPageUrl(PLAIN, next)).toBe(next);
		expect(nextPageUrl(WITH_ACCOUNT, next).startsWith(`${next}&`)).toBe(true);
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
		expect(() => nextPageUrl(PLAIN, next)).toThrow(UnexpectedResponseError);
	});

	test('refuses what is no URL at all', () => {
		expect(() => nextPageUrl(PLAIN, 'https://')).toThrow('invalid next-page URL');
	});

	test('names the origin, and not the address, in what it says', () => {
		try {
			nextPageUrl(PLAIN, 'https://evil.example/?cursor=abc');
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
					url = nextPageUrl(WITH_ACCOUNT, next);
				} catch (error) {
					expect(error).toBeInstanceOf(UnexpectedResponseError);
					return;
				}
				expect(new URL(url).origin).toBe('https://api.signicat.com');
			}),
		);
	});

	test('adds the account and the organization where Signicat left them out', () => {
		const bare = new URL(nextPageUrl(WITH_ACCOUNT, '/audit/query'));
		expect(Object.fromEntries(bare.searchParams)).toEqual(WITH_ACCOUNT.query);
		const next = '/audit/query?cursor=c&signicat-accountId=other';
		expect([...new URL(nextPageUrl(WITH_ACCOUNT, next)).searchParams]).toEqual([
			['cursor', 'c'],
			['signicat-accountId', 'other'],
			['signicat-organizationId', 'o-1'],
		]);
	});
});
