import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app';
import { TokenDesk } from './auth';
import { createControl } from './control';
import { generateEvents } from './events';
import { Faults } from './faults';
import { dateToTicks, DAY, fromTicks, HOUR, toTicks } from './instant';
import { PreparedEvents } from './prepared';
import { QuotaCounter } from './quota';
import { Recorder } from './recorder';
import { EventStore } from './store';
import type { AuditApi, AuditApiOptions, AuditEvent, Behaviour } from './types';

export type * from './types';

export const DEFAULT_BEHAVIOUR: Readonly<Behaviour> = {
	tokenLifetimeSeconds: 600,
	clientAuthentication: 'any',
	nextStyle: 'absolute',
	nextOrigin: null,
	emptyPages: 0,
	maxRangeDays: null,
	latencyMs: 0,
	longestResponseMs: null,
	fromInclusive: true,
	timestampDigits: 7,
	cursorNeedsSameBody: true,
	knownOperators: null,
	metadataShape: 'objects',
	propertiesShape: 'objects',
	permission: true,
	dateHeader: true,
	dateAheadMs: 0,
	requireAccountId: null,
	endlessNext: false,
	malformed: [],
	emptyData: 'list',
	pageCap: null,
	maxLimit: null,
	maxLimitStatus: 413,
	quota: null,
	pageOrder: 'sorted',
	timestampZone: 'Z',
	oddTimestamps: null,
	echo: false,
	rawNumbers: false,
};

const HOST = '127.0.0.1';

/**
 * Starts a local Audit API with its token endpoint, on the loopback interface. Every request and every
 * response is validated against docs/openapi.yaml.
 *
 * @throws NodeJS.ErrnoException with code EADDRINUSE if the port is in use
 */
export async function startAuditApi(options: AuditApiOptions = {}): Promise<AuditApi> {
	const now = options.now ?? (() => new Date());
	const seed = options.seed ?? 1;
	const client = {
		clientId: options.clientId ?? 'sandbox-calm-river-042',
		clientSecret: options.clientSecret ?? 'p@ss:w0rd/+=%&é',
	};
	const initialBehaviour: Behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
	let behaviour = { ...initialBehaviour };
	const store = new EventStore(options.events ?? generate(options, seed, now()), seed);
	const desk = new TokenDesk(client, now);
	const faults = new Faults(now);
	const quota = new QuotaCounter(now);
	const recorder = new Recorder({ now, tokenOrdinal: (header) => desk.find(header)?.ordinal });
	const violations: string[] = [];
	const app = createApp({
		store,
		desk,
		faults,
		quota,
		recorder,
		violations,
		now,
		behaviour: () => behaviour,
		validateResponses: options.validateResponses ?? !options.prepared,
		...(options.prepared && { prepared: new PreparedEvents(store.events) }),
		...(options.control && { control: createControl(() => api) }),
	});
	const server = createServer(app);
	await listen(server, options.port ?? 0);

	const api: AuditApi = {
		...client,
		baseUrl: `http://${HOST}:${(server.address() as AddressInfo).port}`,
		events: store.events,
		requests: recorder.requests,
		open: recorder.open,
		held: recorder.held,
		violations,
		get issuedTokens() {
			return desk.tokens;
		},
		append: (...events) => store.append(events, fromTicks(dateToTicks(now()))),
		configure: (patch) => {
			behaviour = { ...behaviour, ...patch };
		},
		fail: (fault, faultOptions) => faults.inject(fault, faultOptions),
		clearFaults: () => faults.clear(),
		revokeTokens: () => desk.revokeAll(),
		reset: () => {
			recorder.clear();
			faults.clear();
			quota.clear();
			behaviour = { ...initialBehaviour };
		},
		stop: async () => {
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
	return api;
}

function generate(
	{ eventCount = 3000, span, density }: AuditApiOptions,
	seed: number,
	now: Date,
): AuditEvent[] {
	const to = span ? toTicks(span.to) : dateToTicks(now);
	const from = span ? toTicks(span.from) : dateToTicks(now) - 30n * DAY + HOUR;
	if (from === undefined || to === undefined || from >= to) {
		throw new Error('span needs two ISO 8601 date-times with a time zone, with `from` before `to`');
	}
	return generateEvents({ count: eventCount, seed, from, to, density });
}

async function listen(server: Server, port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, HOST, () => {
			server.off('error', reject);
			resolve();
		});
	});
}
