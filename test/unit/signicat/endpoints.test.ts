import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	eventUrl,
	metadataUrl,
	propertiesUrl,
	queryUrl,
} from '../../../nodes/shared/signicat/endpoints';
import { PLAIN, WITH_ACCOUNT } from './connections';

const texts = fc.string({ minLength: 1, unit: 'grapheme' });

describe('the addresses', () => {
	test('are those of the API', () => {
		expect(eventUrl(PLAIN, 'c1')).toBe('https://api.signicat.com/audit/query/cursor/c1');
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
		expect(eventUrl(WITH_ACCOUNT, 'c').split('?')[1]).toBe(account);
		expect(metadataUrl(WITH_ACCOUNT).split('?')[1]).toBe(account);
		expect(queryUrl(WITH_ACCOUNT, 5).split('?')[1]).toBe(`limit=5&${account}`);
		expect(propertiesUrl(WITH_ACCOUNT, { target: 't', serviceName: 's' }).split('?')[1]).toBe(
			`target=t&serviceName=s&${account}`,
		);
	});
});

describe('eventUrl', () => {
	test('escapes a cursor so that the server reads the very same one', () => {
		fc.assert(
			fc.property(texts, (cursor) => {
				const url = eventUrl(PLAIN, cursor);
				const last = url.slice('https://api.signicat.com/audit/query/cursor/'.length);
				expect(last).not.toMatch(/[/?#+ ]/);
				expect(decodeURIComponent(last)).toBe(cursor);
			}),
		);
	});

	test('escapes what cursors are known to hold', () => {
		expect(eventUrl(PLAIN, '/+=%?#')).toMatch(/cursor\/%2F%2B%3D%25%3F%23$/);
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
