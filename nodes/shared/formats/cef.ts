import type { AuditEvent } from '../model/event';
import { timeOf } from '../model/identity';
import { toMilliseconds } from '../model/instant';
import { isRecord, jsonText } from '../model/json';
import { fieldsOf } from './eventFields';
import { ipVersion } from './ipAddress';
import { outcomeOf, type OutcomeRule } from './outcome';

/** The longest values of the format, in UTF-16 code units before they are escaped; others are cut. */
const MAX_LENGTHS = {
	signatureId: 1023,
	name: 512,
	externalId: 40,
	/** Of cs1 to cs6. */
	customString: 4000,
	/** Of the other keys. */
	string: 1023,
} as const;

/**
 * An event as one line in the Common Event Format, without a syslog header. The mapping, with the fields that
 * the line does not contain, is in docs/siem.md.
 */
export function cefLine(event: AuditEvent, { outcome }: { outcome: OutcomeRule }): string {
	const fields = fieldsOf(event);
	const time = timeOf(event);
	const cursor = fields.text('cursor');
	const serviceName = fields.text('serviceName');
	const eventType = fields.text('eventType');
	const { indexedData } = event;
	const extension = [
		pair('rt', time === undefined ? undefined : String(toMilliseconds(time))),
		pair('outcome', outcomeOf(event, outcome)),
		pair('sourceServiceName', serviceName),
		pair('suid', fields.text('userId')),
		...addressPairs(fields.text('ipAddress')),
		pair('msg', fields.text('message')),
		// Cut, it would not be an ID any more.
		pair('externalId', isShortId(cursor) ? cursor : undefined),
		...labeled('cs1', 'clientId', fields.text('clientId')),
		...labeled('cs2', 'referenceId', fields.text('referenceId')),
		...labeled('cs3', 'traceId', fields.text('traceId')),
		...labeled('cs4', 'messageId', fields.text('messageId')),
		...labeled('cs5', 'indexedData', isRecord(indexedData) ? jsonText(indexedData) : undefined),
		...labeled('cs6', 'cursor', cursor),
		...labeled('flexString1', 'accountId', fields.text('accountId')),
		...labeled('flexString2', 'organizationId', fields.text('organizationId')),
	];
	const name = [serviceName, eventType].filter((part) => part !== undefined).join(' ');
	return [
		'CEF:0',
		'Signicat',
		'Audit',
		'1.0',
		headerField(eventType, MAX_LENGTHS.signatureId),
		headerField(name, MAX_LENGTHS.name),
		// The events have no severity.
		'Unknown',
		extension.filter((part) => part !== undefined).join(' '),
	].join('|');
}

/** `src` is an IPv4 address; for an IPv6 address of the source, the format has the key c6a2. */
function addressPairs(address: string | undefined): Array<string | undefined> {
	switch (address === undefined ? undefined : ipVersion(address)) {
		case 4:
			return [pair('src', address)];
		case 6:
			return labeled('c6a2', 'Source IPv6 Address', address);
		default:
			return [];
	}
}

function isShortId(id: string | undefined): boolean {
	return id !== undefined && id.length <= MAX_LENGTHS.externalId;
}

function labeled(key: string, label: string, value: string | undefined): Array<string | undefined> {
	const maxLength = key.startsWith('cs') ? MAX_LENGTHS.customString : MAX_LENGTHS.string;
	const labeledPair = pair(key, value, { maxLength });
	return labeledPair === undefined ? [] : [labeledPair, `${key}Label=${label}`];
}

/** @returns undefined if there is no value */
function pair(
	key: string,
	value = '',
	{ maxLength = MAX_LENGTHS.string }: { maxLength?: number } = {},
): string | undefined {
	const text = cut(value, { maxLength, control: CONTROL_IN_VALUE });
	if (text === '') return undefined;
	const escaped = text.replace(/[\\=]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
	return `${key}=${escaped}`;
}

/** A header must not have empty fields. */
function headerField(value: string | undefined, maxLength: number): string {
	const text = cut(value ?? '', { maxLength, control: CONTROL });
	return text === '' ? 'Unknown' : text.replace(/[\\|]/g, '\\$&');
}

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** A line break can be escaped in a value; the format has no escape for other control characters. */
const CONTROL_IN_VALUE = /(?![\n\r])[\p{Cc}\p{Zl}\p{Zp}]/gu;

/**
 * Trims a value, because a space before the next key separates the two, cuts it between characters, and
 * replaces control characters with spaces.
 */
function cut(
	value: string,
	{ maxLength, control }: { maxLength: number; control: RegExp },
): string {
	// Twice the length, so that a value is not cut because of spaces at its start.
	const start = value.trimStart().slice(0, 2 * maxLength);
	const text = start.replace(control, ' ').trim();
	if (text.length <= maxLength) return text;
	return text
		.slice(0, maxLength)
		.replace(/[\uD800-\uDBFF]$/, '')
		.trimEnd();
}
