import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import type { Instant } from '../../nodes/shared/model/instant';
import type { Fault } from '../../dev/audit-api';
import type { EngineName } from '../support/pollingEngines';
import type { LoadTrigger } from './engines';

export type Kind = 'newEvent' | 'newEventType' | 'newValue';

/** An event before the log has given it a cursor. */
export interface Draft {
	at: Instant;
	serviceName: string;
	eventType: string;
}

/** What one run is about, besides its commands. */
export interface Setting {
	engine: EngineName;
	lateArrivalMinutes: number;
	maxEventsPerPoll: number;
	settlingSeconds: number;
	/** Whether only events of the service Broker are wanted. */
	filtered: boolean;
	applyFiltersIn: 'signicat' | 'n8n';
	startFrom: 'now' | 'lookback';
	emit: 'itemPerEvent' | 'oneItemPerPoll';
	timestampDigits: 7 | 3;
	fromInclusive: boolean;
	emptyPages: 0 | 1;
	dateHeader: boolean;
	/** How far n8n's clock is ahead of the server's. A command may change it. */
	skewMs: number;
	/** How far the Date headers are ahead of the server's clock at the activation. */
	firstDateAheadMs: number;
	/** When the run begins, in ms after a whole second: the Date header counts only these. */
	beginMs: number;
	/** Whether the metadata names the event types of the log; its shape is unknown otherwise. */
	metadataIsKnown: boolean;
	/** After how many requests the first poll meets an outage; null for none. */
	outage: number | null;
	/** What is in the log before the activation: by how many ms it is older. */
	before: Array<{ ageMs: number; ticks: number; serviceName: string; eventType: string }>;
}

/** The Audit API with its log, and where n8n loads the trigger. */
export interface World {
	/** In ms since 1970. */
	serverNow(): number;
	/** @returns the cursors */
	append(drafts: readonly Draft[]): string[];
	/** Lets the fault strike `times` requests, after `skip` others. */
	fail(fault: Fault, options: { skip: number; times: number }): void;
	clearFaults(): void;
	/** How far the Date headers are ahead of the server's clock from now on. */
	setDateAhead(ms: number): void;
	revokeTokens(): void;
	/** All requests so far. */
	requests(): number;
	/** Whether the trigger has logged that the late arrival window was shortened, since last asked. */
	hasShrunk(): boolean;
	readonly load: LoadTrigger;
	stop(): Promise<void>;
}

export const services = fc.constantFrom('Broker', 'Broker', 'mobileid');
export const eventTypes = fc.constantFrom('t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7');

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** By how many ms a clock that is wrong differs: from a second to a century, both ways. */
export const clockErrors: fc.Arbitrary<number> = fc
	.record({
		ms: fc.oneof(
			fc.integer({ min: SECOND_MS, max: 120 * SECOND_MS }),
			fc.constantFrom(600_000, 3_600_000, 7_200_000, DAY_MS, 40 * DAY_MS, 59 * DAY_MS),
			fc.constantFrom(61 * DAY_MS, 365 * DAY_MS, 36_500 * DAY_MS),
		),
		sign: fc.constantFrom(1, -1),
	})
	.map(({ ms, sign }) => ms * sign);

export const settings: fc.Arbitrary<Setting> = fc
	.record({
		engine: fc.constantFrom('default' as const, 'durable' as const),
		lateArrivalMinutes: fc.constantFrom(0, 1, 5),
		maxEventsPerPoll: fc.constantFrom(1, 2, 3, 5, 50_000),
		settlingSeconds: fc.constantFrom(0, 0, 2),
		filtered: fc.boolean(),
		applyFiltersIn: fc.constantFrom('signicat' as const, 'n8n' as const),
		startFrom: fc.constantFrom('now' as const, 'now' as const, 'lookback' as const),
		emit: fc.constantFrom('itemPerEvent' as const, 'oneItemPerPoll' as const),
		timestampDigits: fc.constantFrom(7 as const, 3 as const),
		fromInclusive: fc.boolean(),
		emptyPages: fc.constantFrom(0 as const, 1 as const),
		dateHeader: fc.boolean(),
		skewMs: fc.oneof(
			fc.constant(0),
			fc.integer({ min: -3000, max: 3000 }),
			fc.constantFrom(45_000, -45_000, 240_000, -240_000),
			fc.constantFrom(3_600_000, -3_600_000, 86_400_000, -86_400_000),
		),
		firstDateAheadMs: fc.oneof(
			{ weight: 5, arbitrary: fc.constant(0) },
			{ weight: 1, arbitrary: clockErrors },
		),
		beginMs: fc.integer({ min: 0, max: 999 }),
		metadataIsKnown: fc.boolean(),
		outage: fc.constantFrom(null, null, null, null, null, 0, 0, 1, 2),
		before: fc.array(
			fc.record({
				ageMs: fc.oneof(fc.integer({ min: 1, max: 600_000 }), fc.integer({ min: 1, max: 2000 })),
				ticks: fc.integer({ min: 0, max: 9999 }),
				serviceName: services,
				eventType: fc.constantFrom('t0', 't1'),
			}),
			{ maxLength: 6 },
		),
	})
	.map((setting) => ({
		...setting,
		// Without the Date header nobody can know that the clocks differ.
		skewMs: setting.dateHeader ? setting.skewMs : 0,
		// An outage leaves nothing to compare the clocks with.
		// Of two clocks that are both wrong, none helps.
		firstDateAheadMs:
			setting.outage === null && setting.dateHeader && Math.abs(setting.skewMs) < 1000
				? setting.firstDateAheadMs
				: 0,
		// Looking back needs no baseline, so that the outage would fail the activation.
		// Nor does an outage after two requests meet a baseline where the clocks differ: it has made both.
		outage:
			setting.startFrom === 'now' && !(setting.outage === 2 && Math.abs(setting.skewMs) >= 2000)
				? setting.outage
				: null,
		// After an outage the metadata is read later, and names what has come since.
		metadataIsKnown: setting.metadataIsKnown && setting.outage === null,
	}))
	.map((setting) => ({
		...setting,
		// So it is where the activation waits for clocks that are too far apart.
		metadataIsKnown: setting.metadataIsKnown && Math.abs(setting.firstDateAheadMs) < 59 * DAY_MS,
	}));

/** The parameters of the trigger that a setting stands for. */
export function parametersOf(kind: Kind, setting: Setting): INodeParameters {
	return {
		event: kind,
		emit: setting.emit,
		...(kind === 'newValue' && { fields: 'eventType' }),
		...(setting.filtered && { filters: { serviceName: 'Broker' } }),
		options: {
			applyFiltersIn: setting.applyFiltersIn,
			lateArrivalMinutes: setting.lateArrivalMinutes,
			maxEventsPerPoll: setting.maxEventsPerPoll,
			settlingSeconds: setting.settlingSeconds,
			...(kind === 'newEvent' && { startFrom: setting.startFrom }),
		},
	};
}
