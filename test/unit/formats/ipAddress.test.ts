import { isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ipVersion } from '../../../nodes/shared/formats/ipAddress';
import { runs } from '../../support/seed';

describe('the kind of an IP address', () => {
	test('is that of Node.js for addresses', () => {
		fc.assert(
			fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
				expect(ipVersion(address)).toBe(isIP(address));
			}),
			{ numRuns: runs(1_000) },
		);
	});

	test('is that of Node.js for what almost is one', () => {
		const part = fc.constantFrom(
			'0',
			'1',
			'01',
			'255',
			'256',
			'ffff',
			'FFFFF',
			'g',
			':',
			'::',
			'.',
		);
		fc.assert(
			fc.property(
				fc.array(part, { maxLength: 16 }),
				fc.constantFrom(':', '.', ''),
				(parts, separator) => {
					const text = parts.join(separator);
					expect([text, ipVersion(text) ?? 0]).toEqual([text, isIP(text)]);
				},
			),
			{ numRuns: runs(3_000) },
		);
	});

	test.each([
		'::',
		'::1',
		'1::',
		'2001:db8::192.0.2.1',
		'::ffff:192.0.2.1',
		'1:2:3:4:5:6:7:8',
		'1:2:3:4:5:6:7::',
		'::2:3:4:5:6:7:8',
	])('is 6 for %s', (address) => {
		expect(isIP(address)).toBe(6);
		expect(ipVersion(address)).toBe(6);
	});

	test.each([
		'',
		' 192.0.2.1',
		'192.0.2.1\n',
		'192.0.2',
		'192.0.2.1.',
		'192.0.2.01',
		'192.0.2.1:443',
		'192.0.2.0/24',
		'fe80::1%eth0',
		'[::1]',
		':1',
		'1:2:3:4:5:6:7:8:9',
		'1:2:3:4:5:6:7::8',
		'1::2::3',
		'192.0.2.1::',
		':::',
		'unknown',
		'192.0.2.1, 198.51.100.1',
		'1'.repeat(1_000_000),
		':'.repeat(1_000_000),
	])('is none for %j', (text) => {
		expect(ipVersion(text)).toBeUndefined();
	});
});
