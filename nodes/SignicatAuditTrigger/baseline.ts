import type { AuditEvent } from '../shared/model/event';
import { identityOf, timeOf } from '../shared/model/identity';
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
import { trimEmitted } from './state/bounds';
import {
	type ClockUnverifiedState,
	type ReadyState,
	shortHash,
	startAt,
	startUnverified,
} from './state/pollState';

interface Baseline {
	state: ClockUnverifiedState | ReadyState;
	/** What was in the log already. */
	events: AuditEvent[];
}

/**
 * The first state: everything that is in the log already is remembered, so that it is not emitted.
 *
 * Where the Date header and n8n's clock differ, either may be wrong: the events between the two are
 * remembered too, and the watermark is the earlier one. Where there is more than can be remembered, the
 * events show the time: the watermark is as late as the oldest one that is remembered. Where the server
 * tells no time, the newest event shows how far its clock is at least.
 *
 * @throws what `fetchPage` throws
 */
export async function takeBaseline(
	fetchPage: FetchPage,
	key: string,
	settings: PollSettings,
): Promise<Baseline> {
	const { now, allowedLateness } = settings;
	const n8nMs = now();
	const onN8n = fromMilliseconds(n8nMs);
	// A little further back: the server's clock may be behind without the Date header showing it. And so
	// a request is always made, and a wrong secret is found at once.
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
		return { state: remember(first, { key, watermark }), events: first.events };
	}
	const window = { from: watermark - lookbehind, to: later(onN8n, onServer) };
	const both = await readNewest(fetchPage, window, { settings });
	return { state: { ...remember(both, { key, watermark }), clockCandidate }, events: both.events };
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
	// n8n's clock may be behind: what lies after it is in the log already, and not new either.
	const whole = { from: onN8n - MAX_WINDOW / 2n, to: onN8n + MAX_WINDOW / 2n };
	const beginOf = (newest: Instant) => earlier(newest, onN8n) - lookbehind;
	const reading = await readNewest(fetchPage, whole, {
		settings,
		isEnough: (oldest, newest) => oldest < beginOf(newest),
	});
	// Everything from the newest event on is read again by the next poll.
	const from = later(reading.from, beginOf(reading.newest ?? whole.from));
	const events = reading.events.filter((event) => (timeOf(event) ?? from) >= from);
	const state = remember({ ...reading, events, from }, { key, watermark: onN8n });
	return { state: { ...state, polledAtMs: toMilliseconds(onN8n) }, events };
}

/** The state that remembers what was read, as far as there is room: the newest first. */
function remember(
	{ events, from, to }: Newest,
	{ key, watermark }: { key: string; watermark: Instant },
): ReadyState {
	// Events with a time outside what was read have their place at its ends.
	const firstPlace = from - MILLISECOND;
	const emitted = events.map((event) => {
		const place = later(firstPlace, earlier(timeOf(event) ?? to, to));
		return [shortHash(identityOf(event)), toMilliseconds(place)] as const;
	});
	const whole = {
		...startAt(later(watermark, from), key),
		overlapFrom: from,
		emitted: new Map(emitted.reverse()),
	};
	return trimEmitted(whole, firstPlace).state;
}
