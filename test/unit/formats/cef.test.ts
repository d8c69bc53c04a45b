import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cefLine } from '../../../nodes/shared/formats/cef';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { BARE_EVENT, FULL_EVENT, oddEvent } from '../../support/auditEvents';
import { parseCef } from '../../support/cefParser';
import { runs } from '../../support/seed';
import dictionary from '../../support/schemas/cef.json';

const outcome = { ...DEFAULT_OUTCOME_RULE, property: 'Result' };
const lineOf = (event: AuditEvent) => cefLine(event, { outcome });
const recordOf = (event: AuditEvent) => parseCef(lineOf(event));

const KEYS = dictionary.extension as Record<string, { type: string; length?: number }>;

function expectValid(line: string): void {
	const { extension, signatureId, name, ...header } = parseCef(line);
	expect(header).toEqual({
		version: '0',
		deviceVendor: 'Signicat',
		deviceProduct: 'Audit',
		deviceVersion: '1.0',
		severity: 'Unknown',
	});
	expect(signatureId.length).toBeLessThanOrEqual(1023);
	expect(name.length).toBeLessThanOrEqual(512);
	for (const [key, value] of Object.entries(extension)) {
		expect(KEYS).toHaveProperty(key);
		const { type, length } = KEYS[key] ?? {};
		expect(value).not.toBe('');
		expect(value).toBe(value.trim());
		if (length !== undefined) expect(value.length).toBeLessThanOrEqual(length);
		if (type === 'DateTime') expect(value).toMatch(/^\d{12,14}$/);
		if (type === 'IPv4') expect(isIPv4(value)).toBe(true);
		if (type === 'IPv6') expect(isIPv6(value)).toBe(true);
		if (/^(cs|flexString|c6a)\d$/.test(key)) expect(extension).toHaveProperty(`${key}Label`);
	}
}

describe('an event as a line of CEF', () => {
	test('has a header and the keys of the extension dictionary', () => {
		expect(lineOf(FULL_EVENT)).toBe(
			'CEF:0|Signicat|Audit|1.0|authn_response|Broker authn_response|Unknown|' +
				'rt=1793534400123 outcome=success sourceServiceName=Broker suid=user-0042 src=192.0.2.1 ' +
				'msg=Authentication completed externalId=c/1+2\\=\\= cs1=client-1 cs1Label=clientId ' +
				'cs2=ref-1 cs2Label=referenceId ' +
				'cs3=0af7651916cd43dd8448eb211c80319c cs3Label=traceId cs4=msg-1 cs4Label=messageId ' +
				'cs5={"Idp":"nbid","Result":"success"} cs5Label=indexedData ' +
				'cs6=c/1+2\\=\\= cs6Label=cursor flexString1=a-test-0042 flexString1Label=accountId ' +
				'flexString2=o-test-0007 flexString2Label=organizationId',
		);
	});

	test('has no key for what the event does not have', () => {
		expect(lineOf({ ...BARE_EVENT, userId: null, message: ' ' })).toBe(
			'CEF:0|Signicat|Audit|1.0|Unknown|Unknown|Unknown|' +
				'rt=1793534400000 outcome=unknown externalId=c cs6=c cs6Label=cursor',
		);
		expect(recordOf({ cursor: '', timestamp: 'yesterday' }).extension).toEqual({
			outcome: 'unknown',
		});
	});

	test('is valid, whatever the event', () => {
		expectValid(lineOf(FULL_EVENT));
		fc.assert(
			fc.property(oddEvent, (event) => expectValid(lineOf(event))),
			{ numRuns: runs(500) },
		);
	});

	test('can be parsed into the values that it was made of', () => {
		const text = fc.array(
			fc.constantFrom(
				'|',
				'\\',
				'=',
				'\n',
				'\r',
				' ',
				'a=b',
				' src=9.9.9.9',
				'\\=',
				'\\n',
				'x',
				'|1|',
			),
			{ minLength: 1, maxLength: 12 },
		);
		fc.assert(
			fc.property(
				text.map((parts) => parts.join('').trim()).filter((one) => one !== ''),
				(value) => {
					const event = { ...FULL_EVENT, message: value, userId: value, eventType: value };
					const record = recordOf(event);
					expect(record.extension).toMatchObject({ msg: value, suid: value, src: '192.0.2.1' });
					expect(record.signatureId).toBe(value.replace(/[\r\n]/g, ' '));
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('cannot be forged into a second line, another header or another key', () => {
		const forged = 'x\nCEF:0|Evil|Evil|1|1|1|10|src=198.51.100.9 outcome=success';
		const line = lineOf({ ...FULL_EVENT, message: forged, eventType: forged, indexedData: null });
		expect(line.split(/[\r\n\u2028\u2029\u0085]/)).toHaveLength(1);
		expect(parseCef(line)).toMatchObject({ deviceVendor: 'Signicat', severity: 'Unknown' });
		expect(parseCef(line).extension).toMatchObject({ src: '192.0.2.1', outcome: 'unknown' });
	});

	test('has control characters other than line breaks as spaces', () => {
		const { extension } = recordOf({ ...BARE_EVENT, message: 'a\tb\u0000c\u2028d\u0085e\r\nf' });
		expect(extension.msg).toBe('a b c d e\r\nf');
	});

	test('cuts long values at the length of the key, between characters', () => {
		const { extension, name, signatureId } = recordOf({
			...FULL_EVENT,
			eventType: 't'.repeat(2_000),
			message: `${'m'.repeat(1_022)}👩 more`,
			clientId: 'c'.repeat(5_000),
			organizationId: 'o'.repeat(5_000),
			indexedData: { long: 'x'.repeat(5_000) },
		});
		expect(signatureId).toHaveLength(1_023);
		expect(name).toHaveLength(512);
		expect(extension.msg).toBe('m'.repeat(1_022));
		expect(extension.cs1).toHaveLength(4_000);
		expect(extension.cs5).toHaveLength(4_000);
		expect(extension.flexString2).toHaveLength(1_023);
	});

	test('has a cursor that is too long for an ID in cs6 only, and whole', () => {
		const cursor = 'c'.repeat(41);
		const { extension } = recordOf({ ...BARE_EVENT, cursor });
		expect(extension).not.toHaveProperty('externalId');
		expect(extension.cs6).toBe(cursor);
	});

	test('has an IPv6 address in its own key, and nothing else as an address', () => {
		expect(recordOf({ ...BARE_EVENT, ipAddress: '2001:db8::1' }).extension).toMatchObject({
			c6a2: '2001:db8::1',
			c6a2Label: 'Source IPv6 Address',
		});
		const { extension } = recordOf({ ...BARE_EVENT, ipAddress: 'unknown' });
		expect(Object.keys(extension)).not.toEqual(expect.arrayContaining(['src']));
		expect(Object.keys(extension)).not.toEqual(expect.arrayContaining(['c6a2']));
	});
});
