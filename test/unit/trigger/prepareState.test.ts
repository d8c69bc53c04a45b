import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPE, valuesHash } from '../../../nodes/SignicatAuditTrigger/polling/watchedFields';
import { prepareState } from '../../../nodes/SignicatAuditTrigger/prepareState';
import type { TriggerSettings } from '../../../nodes/SignicatAuditTrigger/settings';
import {
	type PollState,
	startAt,
	startUnverified,
} from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { stateKey } from '../../../nodes/SignicatAuditTrigger/state/stateKey';
import { serializeState } from '../../../nodes/SignicatAuditTrigger/state/storedState';
import { DEFAULT_OUTCOME_RULE } from '../../../nodes/shared/formats/outcome';
import { DAY, fromMilliseconds, HOUR, MINUTE, SECOND } from '../../../nodes/shared/model/instant';
import { BOUNDARY_OVERLAP } from '../../../nodes/shared/model/window';
import type { AuditClient } from '../../../nodes/shared/signicat/client';
import { NO_PROBLEM } from '../../../nodes/shared/signicat/problem';
import { RequestError } from '../../../nodes/shared/signicat/requestError';
import { MemoryLog } from '../support/memoryLog';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const NOW = fromMilliseconds(NOW_MS);

const SETTINGS: TriggerSettings = {
	event: 'newEvent',
	emit: 'itemPerEvent',
	output: {
		format: 'simplified',
		fields: [],
		outcome: DEFAULT_OUTCOME_RULE,
		includeOriginal: false,
		readAt: '2026-11-02T08:00:00.000Z',
	},
	conditions: [],
	applyFiltersIn: 'signicat',
	key: 'key',
	allowedLateness: 5n * MINUTE,
	delay: 0n,
	capacity: 5000,
	startFrom: 'now',
	lookback: DAY,
	learningPeriod: 30n * DAY,
};

const NEW_TYPES: TriggerSettings = { ...SETTINGS, event: 'newEventType', watched: EVENT_TYPE };

const OUTAGE = new RequestError({ kind: 'unavailable', problem: NO_PROBLEM });
const REFUSAL = new RequestError({ kind: 'unauthorized', problem: NO_PROBLEM });

/** A log with one event, and what may go wrong with it. */
interface Server {
	skewMs?: number;
	/** When the event happened, in ms after n8n's clock. */
	eventAtMs?: number;
	error?: unknown;
	metadataError?: unknown;
}

async function prepare(
	stored: PollState | undefined,
	settings = SETTINGS,
	{ skewMs = 0, eventAtMs = -60_000, error, metadataError = error }: Server = {},
) {
	const fields = { serviceName: 'Broker', eventType: 'login' };
	const log = new MemoryLog([{ at: NOW + fromMilliseconds(eventAtMs), sequence: 0, fields }]);
	const client: Partial<AuditClient> = {
		fetchPage: async (...request) => {
			if (error) throw error;
			return { ...(await log.fetchPage(...request)), serverTime: NOW_MS + skewMs };
		},
		getMetadata: async () => {
			if (metadataError) throw metadataError;
			return { targets: [] };
		},
	};
	const postponed: unknown[] = [];
	const prepared = await prepareState(client as AuditClient, {
		stored: stored && serializeState(stored),
		settings,
		pollSettings: { ...settings, deadlineMs: NOW_MS + 30_000, now: () => NOW_MS },
		onPostponed: (fault) => postponed.push(fault),
	});
	return { ...prepared, postponed, requests: log.requests };
}

const ready = startAt(NOW - HOUR, 'key');

describe('a first activation', () => {
	test('remembers what is there, and emits nothing', async () => {
		const { mayEmit, state } = await prepare(undefined);
		expect(mayEmit).toBe(false);
		expect(state).toMatchObject({ phase: 'ready', watermark: NOW });
		expect(state.emitted.size).toBe(1);
	});

	test('emits from the lookback on, by the earlier clock', async () => {
		const settings: TriggerSettings = { ...SETTINGS, startFrom: 'lookback' };
		const { mayEmit, state } = await prepare(undefined, settings, { skewMs: -HOUR_MS });
		expect(mayEmit).toBe(true);
		expect(state).toEqual(startAt(NOW - HOUR - DAY, 'key'));
	});

	test('emits from the date on, without a request', async () => {
		const startDate = NOW - 400n * DAY;
		const settings: TriggerSettings = { ...SETTINGS, startFrom: 'date', startDate };
		const { mayEmit, state, requests } = await prepare(undefined, settings, { skewMs: -HOUR_MS });
		expect(mayEmit).toBe(true);
		expect(state).toEqual(startAt(startDate, 'key'));
		expect(requests).toBe(0);
	});

	test('learns the event types that are there', async () => {
		const { mayEmit, state } = await prepare(undefined, NEW_TYPES);
		expect(mayEmit).toBe(true);
		expect(state).toMatchObject({
			phase: 'ready',
			knownValues: new Set([valuesHash(['Broker', 'login'])]),
		});
	});

	test('waits for the clock after an outage', async () => {
		const prepared = await prepare(undefined, SETTINGS, { error: OUTAGE });
		expect(prepared).toMatchObject({ mayEmit: false, progressed: true, postponed: [OUTAGE] });
		expect(prepared.state).toEqual(startUnverified(NOW, 'key'));
	});

	test('learns later after an outage', async () => {
		const unverified = await prepare(undefined, NEW_TYPES, { error: OUTAGE });
		const toLearn = { from: NOW - 30n * DAY, to: NOW };
		expect(unverified.state).toEqual({ ...startUnverified(NOW, 'key'), toLearn });

		const learning = await prepare(undefined, NEW_TYPES, { metadataError: OUTAGE });
		expect(learning).toMatchObject({ mayEmit: false, progressed: true, postponed: [OUTAGE] });
		expect(learning.state).toMatchObject({ phase: 'learning', toLearn });
	});

	test.each([SETTINGS, NEW_TYPES])('fails where Signicat refuses it: $event', async (settings) => {
		await expect(prepare(undefined, settings, { error: REFUSAL })).rejects.toBe(REFUSAL);
	});
});

const HOUR_MS = 3_600_000;

describe('a state whose clock is unverified', () => {
	const unverified = startUnverified(NOW - HOUR, 'key');

	test('is ready once the clocks agree', async () => {
		const { mayEmit, state } = await prepare(unverified);
		expect(mayEmit).toBe(true);
		expect(state).toEqual(ready);
	});

	test('has its start corrected by the skew', async () => {
		const { mayEmit, state } = await prepare(unverified, SETTINGS, { skewMs: -HOUR_MS });
		expect(mayEmit).toBe(true);
		expect(state).toMatchObject({ phase: 'ready', watermark: NOW - 2n * HOUR });
	});

	test('begins with other settings where it began, and not before it', async () => {
		const { mayEmit, state } = await prepare({ ...unverified, key: 'other' });
		expect(mayEmit).toBe(true);
		expect(state).toEqual(ready);
	});

	test('stays unverified while the clocks cannot both be right', async () => {
		const skewMs = 61 * 24 * HOUR_MS;
		const first = await prepare(unverified, SETTINGS, { skewMs });
		expect(first).toMatchObject({ mayEmit: false, progressed: false });
		expect(first.state).toEqual({
			...unverified,
			clockCandidate: { skewMs, sinceMs: NOW_MS, polls: 1 },
		});

		const eventAtMs = skewMs - 60_000;
		const second = await prepare(first.state, SETTINGS, { skewMs, eventAtMs });
		expect(second).toMatchObject({
			mayEmit: true,
			state: { phase: 'ready', watermark: unverified.watermark + 61n * DAY, clockSkewMs: skewMs },
		});
	});

	test.each([61, -61])(
		'keeps its start where the header is %i days ahead and no event proves it',
		async (days) => {
			const skewMs = days * 24 * HOUR_MS;
			const first = await prepare(unverified, SETTINGS, { skewMs });
			const { mayEmit, state } = await prepare(first.state, SETTINGS, { skewMs });
			expect(mayEmit).toBe(true);
			expect(state).toMatchObject({ phase: 'ready', watermark: unverified.watermark });
			expect(state).not.toHaveProperty('clockSkewMs');
		},
	);

	test('learns in the same poll once it is verified', async () => {
		const toLearn = { from: NOW - DAY, to: NOW - HOUR };
		const { mayEmit, state } = await prepare({ ...unverified, toLearn }, NEW_TYPES);
		expect(mayEmit).toBe(true);
		expect(state).toEqual(ready);
	});

	test('keeps its place where the clock cannot be asked for', async () => {
		await expect(prepare(unverified, SETTINGS, { error: OUTAGE })).rejects.toBe(OUTAGE);
	});
});

describe('a state that is learning', () => {
	const learning: PollState = {
		...ready,
		phase: 'learning',
		toLearn: { from: NOW - DAY, to: NOW - 30n * SECOND },
		watermark: NOW,
		overlapFrom: NOW,
	};

	test('is ready when everything is learned', async () => {
		const { mayEmit, state } = await prepare(learning, NEW_TYPES);
		expect(mayEmit).toBe(true);
		expect(state).toMatchObject({
			phase: 'ready',
			knownValues: new Set([valuesHash(['Broker', 'login'])]),
		});
	});

	test('fails with the request, and loses nothing', async () => {
		await expect(prepare(learning, NEW_TYPES, { error: OUTAGE })).rejects.toBe(OUTAGE);
	});
});

describe('a state that is ready', () => {
	test('is used as it is, without a request', async () => {
		expect(await prepare(ready)).toMatchObject({ mayEmit: true, state: ready, requests: 0 });
	});

	test('resumes with other settings at its watermark, and a little before it', async () => {
		const { mayEmit, state } = await prepare({ ...ready, key: 'other' });
		expect(mayEmit).toBe(true);
		expect(state).toEqual({ ...ready, overlapFrom: ready.watermark - BOUNDARY_OVERLAP });
	});

	test('keeps the values of the same fields with other settings, and drops those of others', async () => {
		const watched = (name: string) => ({ names: [name], countsMissing: false });
		const keyOf = (name: string, filter: string) => stateKey([filter], [name]);
		const old = { ...ready, key: keyOf('userId', 'a'), knownValues: new Set(['AAAAAAAA']) };
		const adopt = async (name: string) => {
			const { state } = await prepare(old, {
				...SETTINGS,
				event: 'newValue',
				watched: watched(name),
				key: keyOf(name, 'b'),
			});
			return [...state.knownValues];
		};
		expect(await adopt('userId')).toEqual(['AAAAAAAA']);
		expect(await adopt('eventType')).toEqual([]);
	});

	test('learns with other settings first', async () => {
		const other = { ...ready, key: 'other', watermark: NOW, overlapFrom: NOW };
		const { state } = await prepare(other, NEW_TYPES, { metadataError: OUTAGE });
		expect(state).toMatchObject({
			phase: 'learning',
			key: 'key',
			toLearn: { from: NOW - 30n * DAY, to: NOW },
		});
	});
});
