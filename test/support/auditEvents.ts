import fc from 'fast-check';
import type { AuditEvent } from '../../nodes/shared/model/event';

/** An event with every field that is documented. */
export const FULL_EVENT = {
	cursor: 'c/1+2==',
	accountId: 'a-test-0042',
	organizationId: 'o-test-0007',
	timestamp: '2026-11-01T12:00:00.1234567Z',
	serviceName: 'Broker',
	eventType: 'authn_response',
	message: 'Authentication completed',
	sandbox: true,
	userId: 'user-0042',
	messageId: 'msg-1',
	referenceId: 'ref-1',
	ipAddress: '192.0.2.1',
	traceId: '0af7651916cd43dd8448eb211c80319c',
	clientId: 'client-1',
	jwtId: 'jwt-1',
	expiresAt: '2026-12-01T00:00:00Z',
	data: { transaction: { id: 'tx-1' }, list: [1, null] },
	indexedData: { Idp: 'nbid', Result: 'success' },
	mayHaveMoreData: false,
} satisfies AuditEvent;

/** An event with only the fields that every event has. */
export const BARE_EVENT: AuditEvent = { cursor: 'c', timestamp: '2026-11-01T12:00:00Z' };

const oddText = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 30 }),
	fc
		.array(
			fc.constantFrom('|', '\\', '=', '\n', '\r', ' ', '\t', 'a=b', ' src=', '\u2028', '👩‍👧', 'x'),
			{ maxLength: 8 },
		)
		.map((parts) => parts.join('')),
	fc.constantFrom('', ' ', '192.0.2.1', '2001:db8::1', '2026-11-01T12:00:00Z', '__proto__'),
	fc.string().map((text) => text.padEnd(5_000, 'é=|')),
);

const oddValue = fc.oneof({ arbitrary: oddText, weight: 4 }, fc.jsonValue({ maxDepth: 3 }));

/** Events as no API should send them: any field may be missing, or have any JSON value. */
export const oddEvent: fc.Arbitrary<AuditEvent> = fc
	.tuple(
		fc.record(Object.fromEntries(Object.keys(FULL_EVENT).map((field) => [field, oddValue])), {
			requiredKeys: [],
		}),
		fc.option(fc.dictionary(oddText, oddValue), { nil: undefined }),
		fc.dictionary(oddText, oddValue, { maxKeys: 2 }),
	)
	.map(([fields, indexedData, others]) => {
		const event = { ...others, ...fields, ...(indexedData && { indexedData }) };
		return event as unknown as AuditEvent;
	});
