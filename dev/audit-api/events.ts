import { EVENT_KINDS, type EventKind } from './catalogue';
import { eventCursor } from './cursors';
import type { Density } from './densities';
import { fromTicks, type Ticks } from './instant';
import { Random } from './random';
import type { AuditEvent } from './types';

const SECOND: Ticks = 1_000_000_000n;
/** The API's resolution: seven fractional digits. */
const RESOLUTION: Ticks = 100n;

const WEIGHTED_KINDS: readonly EventKind[] = EVENT_KINDS.flatMap((kind) =>
	Array.from({ length: kind.weight }, () => kind),
);

export interface EventPlan {
	count: number;
	seed: number;
	/** Inclusive. */
	from: Ticks;
	/** Exclusive. */
	to: Ticks;
	/** How they lie between the two; evenly by default. */
	density?: Density;
}

/**
 * Generates events in no particular order, the same ones for the same plan. Many share their timestamp with
 * others (up to 50), some are on a whole second, and two in fifteen are truncated in lists.
 */
export function generateEvents({ count, seed, from, to, density }: EventPlan): AuditEvent[] {
	const random = new Random(seed);
	const events: AuditEvent[] = [];
	const steps = Number((to - from) / RESOLUTION);
	while (events.length < count) {
		const step = density ? Math.floor(density(random.next()) * steps) : random.below(steps);
		let at = from + BigInt(step) * RESOLUTION;
		if (random.chance(0.05) && at - (at % SECOND) >= from) at -= at % SECOND;
		const run = Math.min(runLength(random), count - events.length);
		for (let i = 0; i < run; i++) {
			events.push(
				generateEvent(random, { seed, sequence: events.length, timestamp: fromTicks(at) }),
			);
		}
	}
	return events;
}

function runLength(random: Random): number {
	if (random.chance(0.01)) return 20 + random.below(31);
	return random.chance(0.1) ? 2 + random.below(4) : 1;
}

interface Identity {
	seed: number;
	sequence: number;
	timestamp: string;
}

function generateEvent(random: Random, { seed, sequence, timestamp }: Identity): AuditEvent {
	const kind = random.pick(WEIGHTED_KINDS);
	const orNull = <T>(value: T): T | null => (random.chance(0.1) ? null : value);
	const event: AuditEvent = {
		cursor: eventCursor(seed, sequence),
		accountId: 'a-test-0042',
		organizationId: orNull('o-test-0007'),
		timestamp,
		serviceName: kind.serviceName,
		message: kind.message(random),
		sandbox: random.chance(0.5),
		userId: orNull(`user-${String(random.below(200)).padStart(4, '0')}`),
		messageId: `msg-${random.hex(12)}`,
		referenceId: orNull(`ref-${random.hex(8)}`),
		ipAddress: orNull(ipAddress(random)),
		traceId: random.hex(32),
		eventType: kind.eventType,
		clientId: `client-${random.below(5)}`,
		jwtId: orNull(random.hex(16)),
		expiresAt: null,
		data: kind.data?.(random) ?? null,
		indexedData: kind.indexedData?.(random) ?? null,
		mayHaveMoreData: false,
	};
	if (isTruncatable(event.data) && random.chance(0.2)) event.mayHaveMoreData = true;
	// An API that omits fields that it does not know must not cause problems either.
	if (random.chance(0.05)) delete event.organizationId;
	if (random.chance(0.05)) delete event.userId;
	return event;
}

function ipAddress(random: Random): string {
	const host = random.below(254) + 1;
	return random.pick([`192.0.2.${host}`, `198.51.100.${host}`, `2001:db8::${host.toString(16)}`]);
}

/** Fills in the missing fields of an appended event. */
export function completeEvent(partial: Partial<AuditEvent>, identity: Identity): AuditEvent {
	const { seed, sequence, timestamp } = identity;
	return {
		cursor: eventCursor(seed, sequence),
		accountId: 'a-test-0042',
		timestamp,
		serviceName: 'Broker',
		message: 'Authentication completed',
		sandbox: true,
		userId: `user-${String(sequence % 200).padStart(4, '0')}`,
		referenceId: `ref-${sequence}`,
		ipAddress: `192.0.2.${(sequence % 254) + 1}`,
		traceId: sequence.toString(16).padStart(32, '0'),
		eventType: 'authn_response',
		clientId: 'client-0',
		data: { transaction: { id: `tx-${sequence}` } },
		indexedData: { Idp: 'nbid' },
		mayHaveMoreData: false,
		...partial,
	};
}

/** An event as a query lists it: with `mayHaveMoreData`, only the first part of its data. */
export function asListed(event: AuditEvent): AuditEvent {
	if (event.mayHaveMoreData !== true || !isTruncatable(event.data)) return event;
	const data = Array.isArray(event.data)
		? event.data.slice(0, 1)
		: Object.fromEntries(Object.entries(event.data).slice(0, 1));
	return { ...event, data };
}

/** An event as it is returned by its cursor. */
export function asItem(event: AuditEvent): AuditEvent {
	return event.mayHaveMoreData === true ? { ...event, mayHaveMoreData: false } : event;
}

/** Whether the data has several parts, so that some can be omitted. */
function isTruncatable(data: unknown): data is object {
	return typeof data === 'object' && data !== null && Object.keys(data).length > 1;
}
