import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
	nameOf,
	parseEvent,
	parsePage,
	parseProperties,
	parseTargets,
} from '../../../nodes/shared/signicat/parse';
import { UnexpectedResponseError } from '../../../nodes/shared/model/unexpectedResponse';

const EVENT = { cursor: 'c/1+2==', timestamp: '2026-11-01T12:00:00.1234567Z' };

describe('parsePage', () => {
	test('gives the events as they came, with everything that is unheard of', () => {
		const event = { ...EVENT, data: { a: [1] }, unheardOf: null };
		expect(parsePage({ data: [event, EVENT], next: 'https://next', from: 'f', to: 't' })).toEqual({
			events: [event, EVENT],
			next: 'https://next',
		});
	});

	test.each([
		['null', { data: [], next: null }],
		['missing', { data: [] }],
		['empty', { data: [], next: '' }],
	])('is the last page where next is %s', (_what, body) => {
		expect(parsePage(body)).toEqual({ events: [], next: null });
	});

	test.each<[string, unknown]>([
		['data that is null', { data: null }],
		['data that is null, with a next', { data: null, next: null, from: 'f' }],
		['no data', { next: null }],
		['nothing but the range', { from: 'f', to: 't' }],
		['nothing', {}],
	])('has no events where there is %s', (_what, body) => {
		expect(parsePage(body)).toEqual({ events: [], next: null });
	});

	test.each<[string, unknown]>([
		['no timestamp', { cursor: 'c' }],
		['null for a timestamp', { cursor: 'c', timestamp: null }],
		['a number for a timestamp', { cursor: 'c', timestamp: 1 }],
		['no cursor', { timestamp: EVENT.timestamp }],
		['a number for a cursor', { ...EVENT, cursor: 1 }],
		['nothing in it', {}],
	])('gives an object with %s as it is', (_what, event) => {
		expect(parsePage({ data: [EVENT, event] })).toEqual({ events: [EVENT, event], next: null });
	});

	test('counts entries that are no objects, and gives the others', () => {
		const data = [null, EVENT, 1, 'text', true, [EVENT], EVENT];
		expect(parsePage({ data })).toEqual({ events: [EVENT, EVENT], next: null, skipped: 5 });
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a page of a proxy', '<html></html>'],
		['a list', [EVENT]],
		['an object of another kind', { error: 'x' }],
		['data that is an object', { data: {} }],
		['data that is text', { data: 'x' }],
		['data that is false', { data: false }],
		['a next that is a number', { data: [], next: 2 }],
		['a next that is an object', { data: [], next: {} }],
		['a next that is false', { data: [], next: false }],
	])('refuses %s', (_what, body) => {
		expect(() => parsePage(body)).toThrow(UnexpectedResponseError);
	});

	test('repeats nothing of what it refuses', () => {
		const read = () => parsePage({ data: { userId: 'somebody' } });
		expect(read).toThrow(UnexpectedResponseError);
		expect(read).not.toThrow('somebody');
	});
});

describe('parseEvent', () => {
	test.each([{ ...EVENT, data: null }, { eventType: 'e' }, { cursor: 1 }, { timestamp: null }])(
		'gives the object %j as it came',
		(event) => {
			expect(parseEvent(event)).toBe(event);
		},
	);

	test.each<unknown>([
		undefined,
		null,
		'',
		[],
		1,
		'text',
		[EVENT],
		{},
		{ data: [EVENT], next: null },
		{ data: EVENT },
		{ fault: { faultstring: 'Quota exceeded' } },
	])('refuses %p, which is no event', (body) => {
		expect(() => parseEvent(body)).toThrow(UnexpectedResponseError);
	});
});

describe('parseTargets', () => {
	const expected = [{ name: 'Default', services: [{ name: 'Broker', eventTypes: ['login'] }] }];

	test.each([
		[
			'under their own words',
			{
				target: 'Default',
				services: [{ serviceName: 'Broker', eventTypes: [{ eventType: 'login' }] }],
			},
		],
		[
			'under name',
			{ name: 'Default', services: [{ name: 'Broker', eventTypes: [{ name: 'login' }] }] },
		],
		[
			'alone, for event types',
			{ target: 'Default', services: [{ serviceName: 'Broker', eventTypes: ['login'] }] },
		],
		[
			'under both, the own word first',
			{
				target: 'Default',
				name: 'x',
				services: [{ serviceName: 'Broker', name: 'x', eventTypes: ['login'] }],
			},
		],
	])('finds names %s', (_where, target) => {
		expect(parseTargets({ extended: true, targets: [target] })).toEqual(expected);
	});

	test('takes targets and services that are names alone', () => {
		expect(parseTargets({ targets: ['Default', { name: 'Other', services: ['Broker'] }] })).toEqual(
			[
				{ name: 'Default', services: [] },
				{ name: 'Other', services: [{ name: 'Broker', eventTypes: [] }] },
			],
		);
	});

	test('leaves out what has no name, and keeps the rest', () => {
		const services = [
			null,
			1,
			{},
			{ eventTypes: ['x'] },
			'',
			{ name: 'Broker', eventTypes: [1, null, '', 'login', {}] },
		];
		expect(
			parseTargets({ targets: [null, 7, [], '', { services }, { name: 'Default', services }] }),
		).toEqual(expected);
	});

	test('finds nothing in a response of another shape, and never fails', () => {
		fc.assert(
			fc.property(fc.anything(), (anything) => {
				for (const body of [anything, { targets: anything }, { targets: [anything] }]) {
					expect(Array.isArray(parseTargets(body))).toBe(true);
				}
				expect(parseTargets({ targets: [{ name: 'a', services: anything }] })).toHaveLength(1);
			}),
		);
		expect(parseTargets({ targets: { name: 'Default' } })).toEqual([]);
		expect(parseTargets([{ name: 'Default' }])).toEqual([]);
	});
});

describe('parseProperties', () => {
	test('gives the list as it is', () => {
		const properties = ['Idp', { name: 'Country' }, 1];
		expect(parseProperties({ properties })).toBe(properties);
	});

	test.each([undefined, null, 'text', [], {}, { properties: null }, { properties: {} }])(
		'finds no list in %p',
		(body) => {
			expect(parseProperties(body)).toBeUndefined();
		},
	);
});

describe('nameOf', () => {
	test('takes names that are texts, and not empty', () => {
		expect(nameOf('Idp', 'property')).toBe('Idp');
		expect(nameOf({ property: 'Idp' }, 'property')).toBe('Idp');
		expect(nameOf({ name: 'Idp' }, 'property')).toBe('Idp');
		for (const nameless of ['', 1, null, undefined, [], ['Idp'], {}, { name: 1 }, { other: 'x' }]) {
			expect(nameOf(nameless, 'property')).toBeUndefined();
		}
	});
});
