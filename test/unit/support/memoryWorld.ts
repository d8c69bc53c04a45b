import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { IDataObject, IHttpRequestOptions, INode, IPollFunctions } from 'n8n-workflow';
import { SignicatAuditTrigger } from '../../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import type { Condition } from '../../../nodes/shared/model/conditions';
import { type Instant, parseTimestamp } from '../../../nodes/shared/model/instant';
import type { Fault } from '../../../dev/audit-api';
import { Faults } from '../../../dev/audit-api/faults';
import { NODE_KEY, stateIn } from '../../trigger-model/engines';
import { moveClock } from '../../trigger-model/clock';
import {
	type Kind,
	parametersOf,
	type Setting,
	settings,
	type World,
} from '../../trigger-model/world';
import { type Entry, MemoryLog } from './memoryLog';

const BASE_URL = 'https://api.signicat.com';

/** What a log in memory can vary besides. */
export interface MemorySetting extends Setting {
	/** Events per page at most, whatever is asked for. */
	pageCap: number;
	/** How long a request takes. */
	latencyMs: number;
}

export const memorySettings: fc.Arbitrary<MemorySetting> = fc
	.record({
		setting: settings,
		pageCap: fc.constantFrom(1, 2, 3, 7, 1000),
		latencyMs: fc.constantFrom(0, 0, 20, 300),
	})
	.map(({ setting, ...rest }) => ({ ...setting, ...rest }));

const NODE = { id: 'node-1', name: 'Trigger', type: 'trigger', typeVersion: 1 } as INode;

/** What n8n-core throws, as far as the package looks at it. */
function errorFor(fault: Fault): Error {
	if (!('status' in fault))
		return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
	const { status, retryAfter, body = 'problem' } = fault;
	const data = body === 'problem' ? { title: 'Ordered by a test' } : `<${body}>`;
	const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
	return Object.assign(new Error(`Status ${status}`), { response: { status, headers, data } });
}

/** The trigger's own code, with a log in memory in the place of n8n-core and HTTP. */
export async function openMemoryWorld(kind: Kind, setting: MemorySetting): Promise<World> {
	const { pageCap, latencyMs } = setting;
	const entries: Entry[] = [];
	const log = new MemoryLog(entries, {
		includesFrom: setting.fromInclusive,
		digits: setting.timestampDigits,
		pageCap,
		emptyPages: setting.emptyPages > 0,
		emptyEnd: setting.emptyPages > 0,
	});
	const faults = new Faults();
	const serverNow = () => Date.now() - setting.skewMs;
	const workflowId = randomUUID();
	let requests = 0;
	let shrunk = false;
	let dateAheadMs = 0;

	const bodyOf = async ({ url, body }: IHttpRequestOptions): Promise<unknown> => {
		const address = new URL(url);
		if (address.pathname.endsWith('/metadata')) {
			const services = entries.map(({ fields }) => ({
				serviceName: fields?.serviceName,
				eventTypes: [fields?.eventType],
			}));
			return { targets: setting.metadataIsKnown ? [{ target: 'Default', services }] : [42] };
		}
		const { and, from, to } = body as { and: Condition[] | null; from: string; to: string };
		const window = { from: instant(from), to: instant(to) };
		const pageSize = Number(address.searchParams.get('limit') ?? 1000);
		const cursor = address.searchParams.get('cursor') ?? undefined;
		const page = await log.fetchPage({ window, conditions: and ?? [], pageSize }, cursor);
		const next = page.next === null ? null : `/audit/query?cursor=${page.next}&limit=${pageSize}`;
		return { data: page.events, next };
	};

	const request = async (_type: string, options: IHttpRequestOptions) => {
		requests++;
		moveClock(latencyMs);
		const headers = {
			...(setting.dateHeader && { date: new Date(serverNow() + dateAheadMs).toUTCString() }),
		};
		const fault = faults.take(options.url.endsWith('/metadata') ? 'metadata' : 'query');
		const whole = JSON.stringify(await bodyOf(options));
		if (!fault) return { body: whole, headers };
		if ('status' in fault || fault.kind === 'drop' || fault.kind === 'truncate') {
			throw errorFor(fault);
		}
		const body = fault.kind === 'truncateJson' ? whole.slice(0, whole.length / 2) : '<html>';
		return { body, headers };
	};

	return {
		serverNow,
		append: (drafts) =>
			drafts.map(({ at, ...fields }) => {
				const sequence = entries.length;
				entries.push({ at, sequence, fields });
				return `c${sequence}`;
			}),
		fail: (fault, options) => faults.inject(fault, options),
		clearFaults: () => faults.clear(),
		setDateAhead: (ms) => {
			dateAheadMs = ms;
		},
		// Tokens are n8n-core's business.
		revokeTokens: () => {},
		requests: () => requests,
		hasShrunk: () => {
			const was = shrunk;
			shrunk = false;
			return was;
		},
		load: (saved) => {
			const store: Record<string, IDataObject> = {
				[NODE_KEY]: {},
				global: {},
				...(structuredClone(saved) as Record<string, IDataObject>),
			};
			const parameters = parametersOf(kind, setting);
			const warn = (text: string) => {
				if (text.includes('so it was shortened')) shrunk = true;
			};
			const context = (budgetMs: number) => {
				const functions: Partial<Record<keyof IPollFunctions, unknown>> = {
					getCredentials: async () => ({ baseUrl: BASE_URL, clientId: 'client' }),
					getMode: () => 'trigger',
					getNode: () => NODE,
					getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
					getPollBudgetMs: () => budgetMs,
					getWorkflow: () => ({ id: workflowId }),
					getWorkflowStaticData: (type: string) => store[type === 'node' ? NODE_KEY : type],
					helpers: { httpRequestWithAuthentication: request },
					logger: { warn, info: () => {}, debug: () => {} },
				};
				return functions as unknown as IPollFunctions;
			};
			return {
				poll: async (budgetMs) => {
					const output = await new SignicatAuditTrigger().poll.call(context(budgetMs));
					return (output ?? []).flat().map(({ json }) => json);
				},
				staticData: () => structuredClone(store),
				state: () => stateIn(store),
			};
		},
		stop: async () => {},
	};
}

function instant(text: string): Instant {
	const parsed = parseTimestamp(text);
	if (parsed === undefined) throw new Error(`Not a timestamp: ${text}`);
	return parsed;
}
