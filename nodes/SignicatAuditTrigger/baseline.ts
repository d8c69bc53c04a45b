import { divideFiltering } from '../shared/model/conditions';
import { identityOf, timeOf } from '../shared/model/identity';
import { followPages } from '../shared/reading/pages';
import { isOver, type PollSettings } from './polling/pollSettings';
import { MAX_EMITTED, type PollState, shortHash, startAt } from './state/pollState';
import type { ClockCandidate } from './state/clockState';
import { ignoreSmallSkew, isSameSkew, MAX_UNDETECTED_SKEW } from './polling/serverClock';
import {
	type Duration,
	earlier,
	floorTo,
	fromMilliseconds,
	type Instant,
	later,
	MILLISECOND,
	toMilliseconds,
} from '../shared/model/instant';
import type { AuditEvent } from '../shared/model/event';
import { type FetchPage, MOST_EVENTS_PER_PAGE, type Page } from '../shared/model/page';
import { MAX_WINDOW, type Window } from '../shared/model/window';
import { MAX_PLAUSIBLE_SKEW_MS, measureSkew } from './verifyStart';

interface Baseline {
	state: PollState;
	/** What was in the log already. */
	events: AuditEvent[];
}

/**
 * The first state: everything that is in the log already is remembered, so that it is not given out.
 *
 * Where the Date header and n8n's clock differ, either may be wrong: what lies between the two is
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
	const start = { key, lookbehind };
	if (first.skewMs === undefined) {
		return await baselineWithoutHeader(fetchPage, { ...start, onN8n, settings });
	}
	let { skewMs } = first;
	if (Math.abs(skewMs) > MAX_PLAUSIBLE_SKEW_MS) {
		const again = await measureSkew(fetchPage, onN8n, now);
		skewMs = again ?? skewMs;
	}
	const candidate: ClockCandidate = { skewMs, sinceMs: n8nMs, polls: 1 };
	if (Math.abs(skewMs) > MAX_PLAUSIBLE_SKEW_MS) {
		const state = { ...startAt(onN8n, key), isUnchecked: true as const };
		return { state: { ...state, clockCandidate: candidate }, events: [] };
	}
	const onServer = onN8n + fromMilliseconds(ignoreSmallSkew(skewMs));
	const earliest = earlier(onN8n, onServer);
	if (isSameSkew(skewMs, 0)) return rememberEvents(first, { key, watermark: earliest });
	const window = { from: earliest - lookbehind, to: later(onN8n, onServer) };
	const both = await readNewest(fetchPage, window, { settings });
	const { state, events } = rememberEvents(both, { key, watermark: earliest });
	return { state: { ...state, clockCandidate: candidate }, events };
}

interface Beginning {
	key: string;
	/** How far before its watermark the state remembers. */
	lookbehind: Duration;
	onN8n: Instant;
	settings: PollSettings;
}

async function baselineWithoutHeader(
	fetchPage: FetchPage,
	{ key, lookbehind, onN8n, settings }: Beginning,
): Promise<Baseline> {
	// n8n's clock may be wrong either way: what lies after it is there already, and no news either.
	const whole = { from: onN8n - MAX_WINDOW / 2n, to: onN8n + MAX_WINDOW / 2n };
	const beginOf = (newest: Instant) => earlier(newest, onN8n) - lookbehind;
	const reading = await readNewest(fetchPage, whole, {
		settings,
		enough: (oldest, newest) => oldest < beginOf(newest),
	});
	// From the newest event on, everything is looked for again.
	const from = later(reading.from, beginOf(reading.newest ?? whole.from));
	const events = reading.events.filter((event) => (timeOf(event) ?? from) >= from);
	const { state } = rememberEvents({ ...reading, events, from }, { key, watermark: onN8n });
	return { state: { ...state, polledAtMs: toMilliseconds(onN8n) }, events };
}

interface Newest {
	events: AuditEvent[];
	/** From here on, everything is in `events`. */
	from: Instant;
	to: Instant;
	/** The time of the newest event of the log that lies in the window, wanted or not. */
	newest?: Instant;
	/** How far the server's clock is ahead, by the first Date header, in ms. */
	skewMs?: number;
}

/** Reads a window newest first, until it ends, `enough` says so, time is up, or memory is full. */
async function readNewest(
	fetchPage: FetchPage,
	window: Window,
	{
		settings,
		enough,
	}: { settings: PollSettings; enough?: (oldest: Instant, newest: Instant) => boolean },
): Promise<Newest> {
	const { sent, keeps } = divideFiltering(settings);
	const query = { window, conditions: sent, pageSize: MOST_EVENTS_PER_PAGE };
	const events: AuditEvent[] = [];
	let skewMs: number | undefined;
	let newest: Instant | undefined;
	let oldest = window.to;
	const note = (page: Page) => {
		if (page.serverTime !== undefined) skewMs ??= page.serverTime - settings.now();
		for (const event of page.events) {
			if (keeps(event)) events.push(event);
			const time = timeOf(event);
			if (time === undefined || time < window.from || time >= window.to) continue;
			newest = later(newest ?? time, time);
			oldest = earlier(oldest, time);
		}
	};
	for await (const page of followPages(fetchPage, query, settings.pages)) {
		note(page);
		const isEnough =
			isOver(settings) ||
			events.length > MAX_EMITTED ||
			(newest !== undefined && enough?.(oldest, newest) === true);
		// The oldest millisecond that was read may not be complete.
		if (isEnough && page.next !== null) {
			return {
				events,
				from: floorTo(oldest, MILLISECOND) + MILLISECOND,
				to: window.to,
				newest,
				skewMs,
			};
		}
	}
	return { events, from: window.from, to: window.to, newest, skewMs };
}

/** The state that remembers what was read, as far as there is room: the newest first. */
function rememberEvents(
	{ events, from, to }: Newest,
	{ key, watermark }: { key: string; watermark: Instant },
): Baseline {
	const placed = events
		.map((event) => {
			const at = later(from - MILLISECOND, earlier(timeOf(event) ?? to, to));
			return [shortHash(identityOf(event)), toMilliseconds(at)] as const;
		})
		.sort((a, b) => b[1] - a[1]);
	const firstDropped = placed[MAX_EMITTED]?.[1];
	const emitted = new Map(
		placed.filter(([, time]) => firstDropped === undefined || time > firstDropped).reverse(),
	);
	const overlapFrom =
		firstDropped === undefined ? from : later(from, fromMilliseconds(firstDropped + 1));
	return {
		state: {
			...startAt(later(watermark, overlapFrom), key),
			overlapFrom,
			emitted,
		},
		events,
	};
}
