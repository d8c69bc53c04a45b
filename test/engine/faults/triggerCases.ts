import { type IDataObject, type INodeParameters } from 'n8n-workflow';
import {
	type AuditApi,
	type AuditEvent,
	type Behaviour,
	DEFAULT_BEHAVIOUR,
	type RecordedRequest,
	startAuditApi,
} from '../../../dev/audit-api';
import { moveClock, setClock } from '../../trigger-model/clock';
import type { LoadedTrigger } from '../../trigger-model/engines';
import { withStoppedTimers } from '../../trigger-model/stoppedTimers';
import { credentialFor } from '../engine';
import { loadsTrigger } from '../httpWorld';
import { casesOf } from './actionCases';
import {
	affectedBy,
	compare,
	endRunaway,
	injectFaults,
	numberOf,
	problemsOf,
	strayRequests,
} from './check';
import type { FaultRow, Found, Repeat } from './types';

const MINUTE_MS = 60_000;
/** Further than any poll looks back, so that cases can share one log. */
const APART_MS = 31 * 24 * 60 * MINUTE_MS;
/** Per server: the trigger stores times up to the year 2058. */
const MAX_CASES = 100;
/** Known metadata would contain the event types of the other cases. */
const BEHAVIOUR: Partial<Behaviour> = { metadataShape: 'unexpected', pageCap: 10 };
const EVENTS = 25;
/** The budget of a poll in n8n's default engine. */
const BUDGET_MS = 300_000;
/** The maximum for one poll. */
const MAX_REQUESTS = 600;
const MAX_MS = 46_000;
/** The number of polls with the fault, unless a row says otherwise, and after it. */
const DISTURBED = 2;
const UNDISTURBED = 3;
/** More than for any row. */
const MAX_POLLS = 10;

export interface Trigger {
	name: string;
	on: 'query';
	parameters: INodeParameters;
	draft(index: number): Partial<AuditEvent>;
	/** The values to compare. */
	idOf(item: IDataObject): string;
	idOfEvent(event: AuditEvent): string;
	/** Whether it skips an object that is no event: there is no new value in it. */
	skipsMalformed?: boolean;
}

export const TRIGGERS: Trigger[] = [
	{
		name: 'New Event',
		on: 'query',
		parameters: { event: 'newEvent', output: 'raw' },
		draft: () => ({}),
		idOf: (item) => String(item.cursor ?? JSON.stringify(item)),
		idOfEvent: ({ cursor }) => cursor,
	},
	{
		name: 'New Event Type',
		on: 'query',
		parameters: { event: 'newEventType', output: 'raw' },
		draft: (index) => ({ serviceName: 'Broker', eventType: `type-${index}` }),
		idOf: ({ serviceName, eventType }) => `${String(serviceName)} ${String(eventType)}`,
		idOfEvent: ({ serviceName, eventType }) => `${serviceName} ${eventType}`,
	},
	{
		name: 'New Value',
		on: 'query',
		parameters: { event: 'newValue', fields: ['userId', 'ipAddress'], output: 'raw' },
		draft: (index) => ({ userId: 'user-1', ipAddress: `192.0.2.${index}` }),
		idOf: ({ values }) => Object.values(values as IDataObject).join(' '),
		idOfEvent: ({ userId, ipAddress }) => `${userId} ${ipAddress}`,
		skipsMalformed: true,
	},
];

/** The trigger in n8n-core's PollContext. */
export class TriggerCases {
	private opened?: AuditApi;

	private cases = 0;

	/** In ms since 1970. */
	private beganAt?: number;

	private readonly tokens: string[] = [];

	private readonly requests = new Map<string, RecordedRequest[]>();

	/** Every case of a row for one kind of trigger. */
	async run(trigger: Trigger, row: FaultRow): Promise<Found[]> {
		const requests = this.requests.get(trigger.name) ?? (await this.countRequests(trigger));
		const found: Found[] = [];
		for (const [place, repeat] of casesOf(row)) {
			const affected = requests.filter(affectedBy(row, trigger.on)).length;
			const skip = place === 'everywhere' ? 0 : numberOf(place, affected);
			if (skip === undefined) continue;
			const { problems, ...rest } = await this.runOne(trigger, row, { skip, repeat });
			found.push({
				operation: trigger.name,
				kind: 'trigger',
				fault: row.name,
				place,
				repeat,
				...rest,
				problems: [...new Set(problems)],
			});
		}
		return found;
	}

	private async runOne(
		trigger: Trigger,
		row: FaultRow,
		{ skip, repeat }: { skip: number; repeat: Repeat },
	): Promise<Pick<Found, 'outcome' | 'message' | 'problems' | 'requests' | 'virtualMs'>> {
		const { api, loaded, expected } = await this.begin(trigger);
		const sent = api.requests.length;
		const problems: string[] = [];
		const items: string[] = [];
		let failed: { message: string } | undefined;
		let virtualMs = 0;
		injectFaults(api, row, { on: row.isOfNext ? 'nextPage' : 'query', skip, repeat, tokens: 0 });
		const disturbed = row.polls ?? DISTURBED;
		const polls = disturbed + UNDISTURBED;
		for (let count = 0; count < polls; count++) {
			if (count === disturbed) {
				api.clearFaults();
				api.configure({ ...DEFAULT_BEHAVIOUR, ...BEHAVIOUR });
			}
			const polled = await this.poll(api, loaded);
			problems.push(...polled.problems);
			if (polled.error) failed ??= polled.error as { message: string };
			items.push(...polled.items.map((item) => trigger.idOf(item)));
			virtualMs = Math.max(virtualMs, polled.ms);
			moveClock(MINUTE_MS);
			const draft = { ...trigger.draft(EVENTS + count), timestamp: ago(20_000) };
			if (count < polls - 2) expected.push(...api.append(draft).map(trigger.idOfEvent));
		}
		const { outcome, problems: differences } = compare(items, expected);
		problems.push(...differences, ...strayRequests(api));
		const requests = api.requests.length - sent;
		if (failed) return { outcome: 'error', message: failed.message, problems, requests, virtualMs };
		return { outcome, problems, requests, virtualMs };
	}

	/** One poll. An error must not change the stored state. */
	private async poll(api: AuditApi, loaded: LoadedTrigger) {
		const problems: string[] = [];
		const before = JSON.stringify(loaded.staticData());
		const [sent, began] = [api.requests.length, Date.now()];
		let items: IDataObject[] = [];
		let error: unknown;
		try {
			items = await withStoppedTimers(api, async () => await loaded.poll(BUDGET_MS));
		} catch (caught) {
			error = caught;
			problems.push(...problemsOf(error));
			if (JSON.stringify(loaded.staticData()) !== before)
				problems.push('an error changed the state');
		}
		const ms = Date.now() - began;
		const requests = api.requests.length - sent;
		if (requests > MAX_REQUESTS) problems.push(`${requests} requests in a poll`);
		if (ms > MAX_MS) problems.push(`${ms} ms for a poll`);
		return { items, error, problems, ms };
	}

	/** An activated trigger, with new events a minute later. */
	private async begin(trigger: Trigger) {
		const api = await this.open();
		const credential = credentialFor(api);
		const loaded = loadsTrigger(credential, () => trigger.parameters)({});
		await loaded.poll(BUDGET_MS);
		moveClock(MINUTE_MS);
		const drafts = Array.from({ length: EVENTS }, (_one, index) => ({
			...trigger.draft(index),
			timestamp: ago(10_000 + (EVENTS - index) * 1000),
		}));
		return { api, loaded, expected: api.append(...drafts).map(trigger.idOfEvent) };
	}

	private async open(): Promise<AuditApi> {
		this.beganAt ??= Date.now();
		if (this.cases++ % MAX_CASES === 0) {
			await this.close();
			setClock(this.beganAt);
		} else {
			moveClock(APART_MS);
		}
		this.opened ??= await startAuditApi({
			eventCount: 0,
			now: () => endRunaway(this.opened, MAX_POLLS * MAX_REQUESTS),
			behaviour: BEHAVIOUR,
			validateResponses: false,
		});
		this.opened.reset();
		return this.opened;
	}

	private async countRequests(trigger: Trigger): Promise<RecordedRequest[]> {
		const { api, loaded } = await this.begin(trigger);
		const before = api.requests.length;
		await loaded.poll(BUDGET_MS);
		const requests = api.requests.slice(before);
		this.requests.set(trigger.name, requests);
		return requests;
	}

	/** The tokens of all servers so far. */
	get issuedTokens(): string[] {
		return [...this.tokens, ...(this.opened?.issuedTokens ?? [])];
	}

	async close(): Promise<void> {
		this.tokens.push(...(this.opened?.issuedTokens ?? []));
		await this.opened?.stop();
		this.opened = undefined;
	}
}

function ago(ms: number): string {
	return new Date(Date.now() - ms).toISOString().replace('Z', '4567Z');
}
