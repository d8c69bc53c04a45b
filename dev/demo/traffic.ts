import type { AuditApi, AuditEvent } from '../audit-api';

const EVERY_MS = 20_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** So many failures come before the demo starts, so that the alert for them has something to tell at once. */
const EARLIER_FAILURES = 30;

/** After this time, the failed sign-ins come from another address. */
const SAME_ADDRESS_MS = 10 * MINUTE_MS;

/** What is sensitive, with the events that belong to the same trace. */
const SENSITIVE: ReadonlyArray<Partial<AuditEvent>> = [
	{ eventType: 'user.role.granted', message: 'Role "admin" granted to user-0117' },
	{ eventType: 'apiclient.updated', message: 'Redirect URI changed for client-3' },
	{ eventType: 'apiclient.secret.created', message: 'Secret created for client-3' },
];

/** Event types that no event had before, one after the other. */
const NEW_TYPES = ['apiclient.permission.added', 'domain.verified', 'user.mfa.disabled'];

/**
 * Adds events that make each alert of the example workflows fire, and goes on adding some: every 20 seconds an
 * everyday event and a failed sign-in, and every three minutes a sensitive action, a new event type or a sign-in from a
 * new address, in turn.
 *
 * @returns a function that stops this
 */
export function startTraffic(api: AuditApi): () => void {
	const startedAt = Date.now();
	for (let index = EARLIER_FAILURES; index > 0; index--) {
		const at = startedAt - index * EVERY_MS;
		api.append({ ...failedSignIn(startedAt), timestamp: timestampOf(at) });
	}
	const extras = [sensitiveAction, newType, newAddress];
	extras.forEach((extra) => api.append(...extra(0)));
	let tick = 0;
	const timer = setInterval(() => {
		api.append(everydayEvent(api), failedSignIn(Date.now()));
		tick++;
		const round = Math.floor(tick / 9);
		const extra = tick % 9 === 0 ? extras[round % extras.length] : undefined;
		if (extra) api.append(...extra(round));
	}, EVERY_MS);
	return () => clearInterval(timer);
}

/** The events of an account in which nothing has happened for some hours. */
export function silentAccount(): Array<Partial<AuditEvent>> {
	return [7, 6, 5].map((hours) => ({ timestamp: timestampOf(Date.now() - hours * HOUR_MS) }));
}

/** An event that resembles an earlier one. */
function everydayEvent({ events }: AuditApi): Partial<AuditEvent> {
	const like = events[Math.floor(Math.random() * events.length)];
	if (!like) return {};
	const { serviceName, eventType, message, userId, clientId, ipAddress, indexedData } = like;
	return { serviceName, eventType, message, userId, clientId, ipAddress, indexedData };
}

function failedSignIn(at: number): Partial<AuditEvent> {
	const host = 1 + (Math.floor(at / SAME_ADDRESS_MS) % 254);
	return {
		serviceName: 'Broker',
		eventType: 'authn_response',
		message: 'Authentication failed',
		ipAddress: `203.0.113.${host}`,
		indexedData: { Idp: 'nbid', Result: 'failure' },
	};
}

function sensitiveAction(round: number): Array<Partial<AuditEvent>> {
	const traceId = `5e4517${round.toString(16)}`.padEnd(32, '0');
	const by = { serviceName: 'dashboard', userId: 'user-0042', ipAddress: '198.51.100.23', traceId };
	return [
		{ ...by, eventType: 'user.login', message: 'User logged in', indexedData: null },
		...SENSITIVE.map((event) => ({ ...by, ...event, indexedData: { Result: 'success' } })),
	];
}

function newType(round: number): Array<Partial<AuditEvent>> {
	const eventType = NEW_TYPES[Math.floor(round / 3)] ?? `demo.event.${round}`;
	return [
		{ serviceName: 'dashboard', eventType, message: `First ${eventType}`, indexedData: null },
	];
}

function newAddress(round: number): Array<Partial<AuditEvent>> {
	return [
		{
			serviceName: 'Broker',
			eventType: 'authn_response',
			message: 'Authentication completed',
			userId: 'user-0042',
			ipAddress: `203.0.113.${255 - (round % 254)}`,
			indexedData: { Idp: 'nbid', Result: 'success' },
		},
	];
}

/** As the API writes a timestamp, with seven fractional digits. */
function timestampOf(ms: number): string {
	return new Date(ms).toISOString().replace('Z', '0000Z');
}
