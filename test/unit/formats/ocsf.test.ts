import { isIP } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ocsfEvent } from '../../../nodes/shared/formats/ocsf';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { BARE_EVENT, FULL_EVENT, oddEvent } from '../../support/auditEvents';
import { runs } from '../../support/seed';
import schema from '../../support/schemas/ocsf.json';

const outcome = { ...DEFAULT_OUTCOME_RULE, property: 'Result' };
const ocsfOf = (event: AuditEvent) => ocsfEvent(event, { outcome });

interface Attribute {
	type: string;
	requirement: string;
	isArray?: boolean;
	enum?: Record<string, string>;
	/** The profile that it belongs to; an event names its profiles in metadata.profiles. */
	profile?: string;
}

interface SchemaObject {
	attributes: Record<string, Attribute>;
	atLeastOne?: string[];
}

const OBJECTS = schema.objects as unknown as Record<string, SchemaObject>;
const CLASS = schema.class as unknown as SchemaObject;

/** What the schema does not allow, as sentences. */
function violationsIn(
	value: Record<string, unknown>,
	{ attributes, atLeastOne = [] }: SchemaObject,
	{ profiles, path = '' }: { profiles: unknown[]; path?: string },
): string[] {
	const found: string[] = [];
	for (const [name, attribute] of Object.entries(attributes)) {
		if (attribute.requirement === 'required' && value[name] === undefined)
			found.push(`${path}${name} is missing`);
	}
	if (atLeastOne.length > 0 && !atLeastOne.some((name) => value[name] !== undefined))
		found.push(`${path} has none of ${atLeastOne.join(', ')}`);
	for (const [name, child] of Object.entries(value)) {
		if (child === undefined) continue;
		const attribute = attributes[name];
		if (attribute === undefined) found.push(`${path}${name} is not in the schema`);
		else if (attribute.profile !== undefined && !profiles.includes(attribute.profile))
			found.push(`${path}${name} is of the profile ${attribute.profile}`);
		else if (
			attribute.isArray !== Array.isArray(child) &&
			(attribute.isArray || Array.isArray(child))
		)
			found.push(`${path}${name} is a list, or is none`);
		else if (!attribute.isArray)
			found.push(...violationsOf(child, attribute, { profiles, path: `${path}${name}` }));
	}
	return found;
}

function violationsOf(
	value: unknown,
	{ type, enum: choices }: Attribute,
	context: { profiles: unknown[]; path: string },
): string[] {
	const object = OBJECTS[type];
	if (object !== undefined) {
		const path = `${context.path}.`;
		return violationsIn(value as Record<string, unknown>, object, { ...context, path });
	}
	const isValid: Record<string, (one: unknown) => boolean> = {
		string_t: (one) => typeof one === 'string' && one !== '',
		integer_t: Number.isInteger,
		long_t: Number.isSafeInteger,
		timestamp_t: Number.isSafeInteger,
		ip_t: (one) => isIP(String(one)) !== 0,
		object: (one) => typeof one === 'object' && one !== null,
	};
	if (!isValid[type]?.(value)) return [`${context.path} is not of the type ${type}`];
	return choices && !(String(value) in choices) ? [`${context.path} is not in its list`] : [];
}

function violations(event: Record<string, unknown>): string[] {
	const { profiles = [] } = event.metadata as { profiles?: unknown[] };
	const found = violationsIn(event, CLASS, { profiles });
	const { class_uid: classUid, activity_id: activityId, type_uid: typeUid } = event;
	if (typeUid !== Number(classUid) * 100 + Number(activityId)) found.push('type_uid is wrong');
	for (const [id, caption] of [
		['severity_id', 'severity'],
		['status_id', 'status'],
		['class_uid', 'class_name'],
		['category_uid', 'category_name'],
	] as const) {
		if (event[caption] !== CLASS.attributes[id]?.enum?.[String(event[id])])
			found.push(`${caption} is not that of ${id}`);
	}
	return found;
}

describe('the check of OCSF events', () => {
	test.each<[string, object, string[]?]>([
		['metadata is missing', { metadata: undefined }],
		['status_id is not in its list', { status_id: 5 }],
		['time is not of the type timestamp_t', { time: '2026-11-01' }],
		['made_up is not in the schema', { made_up: 1 }],
		['actor. has none of', { actor: {} }],
		['trace is of the profile trace', { trace: { uid: 't' } }, []],
		['src_endpoint.ip is not of the type ip_t', { src_endpoint: { ip: 'x' } }],
	])('says that %s', (violation, change, profiles = ['trace']) => {
		const changed = { ...ocsfOf(FULL_EVENT), ...change };
		const found = violationsIn(changed, CLASS, { profiles });
		expect(found.join('\n')).toContain(violation);
	});
});

describe('an event as an OCSF event', () => {
	test('has each field where the class has an attribute for it, and the rest in unmapped', () => {
		expect(ocsfOf(FULL_EVENT)).toEqual({
			category_uid: 6,
			category_name: 'Application Activity',
			class_uid: 6003,
			class_name: 'API Activity',
			activity_id: 99,
			activity_name: 'authn_response',
			type_uid: 600399,
			type_name: 'API Activity: Other',
			severity_id: 0,
			severity: 'Unknown',
			status_id: 1,
			status: 'Success',
			time: Date.UTC(2026, 10, 1, 12, 0, 0, 123),
			message: 'Authentication completed',
			metadata: {
				version: '1.8.0',
				profiles: ['trace'],
				product: { vendor_name: 'Signicat', name: 'Audit' },
				event_code: 'authn_response',
				original_event_uid: 'c/1+2==',
				original_time: '2026-11-01T12:00:00.1234567Z',
				correlation_uid: 'ref-1',
				tenant_uid: 'a-test-0042',
			},
			actor: { user: { uid: 'user-0042' }, app_uid: 'client-1' },
			api: { operation: 'authn_response', service: { name: 'Broker' } },
			src_endpoint: { ip: '192.0.2.1' },
			trace: { uid: '0af7651916cd43dd8448eb211c80319c' },
			unmapped: {
				organizationId: 'o-test-0007',
				sandbox: true,
				messageId: 'msg-1',
				jwtId: 'jwt-1',
				expiresAt: '2026-12-01T00:00:00Z',
				data: { transaction: { id: 'tx-1' }, list: [1, null] },
				indexedData: { Idp: 'nbid', Result: 'success' },
				mayHaveMoreData: false,
			},
		});
	});

	test('says Unknown for what is required and not known', () => {
		const event = ocsfOf({ cursor: 'c', timestamp: 'yesterday' });
		expect(violations(event)).toEqual([]);
		expect(event).toMatchObject({
			activity_id: 0,
			activity_name: 'Unknown',
			type_uid: 600300,
			type_name: 'API Activity: Unknown',
			status_id: 0,
			status: 'Unknown',
			time: 0,
			metadata: { original_time: 'yesterday' },
			actor: { app_name: 'Unknown' },
			api: { operation: 'Unknown' },
			src_endpoint: { name: 'Unknown', type_id: 0 },
		});
		expect(event).not.toHaveProperty('unmapped');
	});

	test('is valid in the version of the schema that it names, whatever the event', () => {
		expect(ocsfOf(FULL_EVENT)).toMatchObject({ metadata: { version: schema.version } });
		expect(violations(ocsfOf(FULL_EVENT))).toEqual([]);
		expect(violations(ocsfOf(BARE_EVENT))).toEqual([]);
		fc.assert(
			fc.property(oddEvent, (event) => {
				expect(violations(ocsfEvent(event, { outcome, includeOriginal: true }))).toEqual([]);
			}),
			{ numRuns: runs(300) },
		);
	});

	test.each([
		['success', 1, 'Success'],
		['failure', 2, 'Failure'],
		['pending', 0, 'Unknown'],
	])('has the outcome as its status: %s', (Result, status_id, status) => {
		const event = { ...FULL_EVENT, indexedData: { Result } };
		expect(ocsfOf(event)).toMatchObject({ status_id, status });
	});

	test('has an address that is not an IP address as the name of the endpoint', () => {
		expect(ocsfOf({ ...BARE_EVENT, ipAddress: 'host-1' }).src_endpoint).toEqual({ name: 'host-1' });
		expect(ocsfOf({ ...BARE_EVENT, ipAddress: '2001:db8::1' }).src_endpoint).toEqual({
			ip: '2001:db8::1',
		});
	});

	test('has the raw data only where asked for', () => {
		expect(ocsfOf(BARE_EVENT)).not.toHaveProperty('raw_data');
		const event = ocsfEvent(BARE_EVENT, { outcome, includeOriginal: true });
		expect(event.raw_data).toBe(JSON.stringify(BARE_EVENT));
	});
});
