import type { AuditEvent } from '../shared/model/event';
import { timeOf } from '../shared/model/identity';
import {
	type Duration,
	earlier,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	toMilliseconds,
} from '../shared/model/instant';
import type { FetchPage } from '../shared/model/page';
import { MAX_WINDOW } from '../shared/model/window';
import {
	ignoreSmallSkew,
	isPlausibleSkew,
	isSameSkew,
	MAX_UNDETECTED_SKEW,
	measureSkew,
	newCandidate,
} from './polling/clockSkew';
import type { PollSettings } from './polling/pollSettings';
import { type Newest, readNewest } from './polling/readNewest';
import { densityHint } from './polling/windowSizer';
import { trimEmitted } from './state/bounds';
import { keyOf } from './state/eventKey';
import { type DatedKey, EventSet } from './state/eventSet';
import {
	type ClockUnverifiedState,
	type ReadyState,
	startAt,
	startUnverified,
} from './state/pollState';

interface Baseline {
	state: ClockUnverifiedState | ReadyState;
	/** What was in the log already. */
	events: AuditEvent[];
}

/**
 * Makes the first state: everything in the log so far is remembered, so that it is not emitted.
 *
 * Where the Date header and n8n's clock differ, either may be wrong: the events between the two are
 * remembered too, and the watermark is the earlier clock. If there are more events than can be remembered,
 * the watermark is no earlier than the oldest one that is. If the server tells no time, the newest event shows
 * how far its clock is at least.
 *
 * @throws what `fetchPage` throws
 */
export async function takeBaseline(
	fetchPage: FetchPage,
	key: string,
	settings: PollSettings,
): Promise<Baseline> {
	const { now, allowedLateness, capacity } = settings;
	const n8nMs = now();
	const onN8n = fromMilliseconds(n8nMs);
	// A little further back, because the server's clock may be behind without the Date header showing it. This
	// also means that there is always a request, so that a wrong secret is found at once.
	const lookbehind = allowedLateness + MAX_UNDETECTED_SKEW;
	const first = await readNewest(fetchPage, { from: onN8n - lookbehind, to: onN8n }, { settings });
	if (first.skewMs === undefined) {
		return await baselineWithoutHeader(fetchPage, { key, lookbehind, onN8n, settings });
	}
	let { skewMs } = first;
	if (!isPlausibleSkew(skewMs)) skewMs = (await measureSkew(fetchPage, onN8n, now)) ?? skewMs;
	const clockCandidate = newCandidate(skewMs, n8nMs);
	if (!isPlausibleSkew(skewMs)) {
		return { state: { ...startUnverified(onN8n, key), clockCandidate }, events: [] };
	}
	const onServer = onN8n + fromMilliseconds(ignoreSmallSkew(skewMs));
	const watermark = earlier(onN8n, onServer);
	if (isSameSkew(skewMs, 0)) {
		return { state: remember(first, { key, watermark, capacity }), events: first.events };
	}
	const window = { from: watermark - lookbehind, to: later(onN8n, onServer) };
	const both = await readNewest(fetchPage, window, { settings });
	const state = remember(both, { key, watermark, capacity });
	return { state: { ...state, clockCandidate }, events: both.events };
}

interface WithoutHeader {
	key: string;
	/** How far before its watermark the state remembers events. */
	lookbehind: Duration;
	onN8n: Instant;
	settings: PollSettings;
}

async function baselineWithoutHeader(
	fetchPage: FetchPage,
	{ key, lookbehind, onN8n, settings }: WithoutHeader,
): Promise<Baseline> {
	// n8n's clock may be behind: later events that are in the log already are not new either.
	const whole = { from: onN8n - MAX_WINDOW / 2n, to: onN8n + MAX_WINDOW / 2n };
	const beginOf = (newest: Instant) => earlier(newest, onN8n) - lookbehind;
	const reading = await readNewest(fetchPage, whole, {
		settings,
		isEnough: (oldest, newest) => oldest < beginOf(newest),
	});
	// The overlap starts before the newest event, which shows the server's time.
	const from = later(reading.from, beginOf(reading.newest ?? whole.from));
	const events = reading.events.filter((event) => (timeOf(event) ?? from) >= from);
	const { capacity } = settings;
	const own = { ...reading, events, read: events.length, from };
	const state = remember(own, { key, watermark: onN8n, capacity });
	return { state: { ...state, polledAtMs: toMilliseconds(onN8n) }, events };
}

/** The state that remembers what was read, or the newest of it that there is room for. */
function remember(
	{ events, read, from, to }: Newest,
	{ key, watermark, capacity }: { key: string; watermark: Instant; capacity: number },
): ReadyState {
	// Events with a time outside what was read are placed at its ends.
	const firstPlace = from - MILLISECOND;
	const dated: DatedKey[] = [];
	const undated: Array<[string, number]> = [];
	for (const event of events) {
		const time = timeOf(event);
		const { ms, hash, name } = keyOf(event, time);
		if (time !== undefined && ms !== undefined && time >= firstPlace && time <= to) {
			dated.push({ ms, hash });
		} else {
			undated.push([name, toMilliseconds(later(firstPlace, earlier(time ?? to, to)))]);
		}
	}
	const whole = {
		...startAt(later(watermark, from), key),
		overlapFrom: from,
		emitted: EventSet.of(dated),
		undated: new Map(undated.reverse()),
		windowHint: densityHint(to - from, read, capacity),
	};
	return trimEmitted(whole, firstPlace).state;
}
