import { arrivalNow } from './arrivals';
import { startJsonServer, type ReceivedCall, type Reply } from './jsonServer';
import { splitJsonObjects } from './jsonObjects';
import type { LocalReceiver } from './types';

const TOKEN = '00000000-0000-4000-8000-000000000000';

/** Both paths take JSON events: help.splunk.com, "HTTP Event Collector REST API endpoints". */
const PATHS = /^\/services\/collector(\/event(\/1\.0)?)?$/;

/** The metadata of an event: help.splunk.com, "Format events for HTTP Event Collector". */
const KEYS = ['time', 'host', 'source', 'sourcetype', 'index', 'fields', 'event'];

/**
 * What Splunk Cloud Platform's service description recommends as the maximum of a request. Splunk Enterprise takes up to
 * `max_content_length` of limits.conf.
 */
export const SPLUNK_MAX_BYTES = 1_000_000;

export interface SplunkEvent {
	/** Seconds since 1970. */
	time?: number | string;
	host?: string;
	source?: string;
	sourcetype?: string;
	index?: string;
	fields?: Record<string, unknown>;
	event: unknown;
}

export interface LocalSplunk extends LocalReceiver {
	/** The events that were accepted, in order. */
	events: SplunkEvent[];
	/** How many bytes and events each accepted request had. */
	batches: Array<{ bytes: number; count: number }>;
}

/**
 * Splunk's HTTP Event Collector on this machine. It accepts what the documentation describes, all of a request or
 * nothing, and refuses everything else with Splunk's own code ("Troubleshoot HTTP Event Collector").
 */
export async function startLocalSplunk(): Promise<LocalSplunk> {
	const { url, stop } = await startJsonServer((call) => {
		const { reply, reason } = respond(call);
		if (reason) splunk.refused.push(reason);
		return reply;
	});
	const splunk: LocalSplunk = {
		name: 'Splunk',
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [
			{
				type: 'httpHeaderAuth',
				name: 'Splunk HEC',
				data: { name: 'Authorization', value: `Splunk ${TOKEN}` },
			},
		],
		settings: { splunkUrl: url },
		events: [],
		batches: [],
		stop,
	};

	function respond({ method, path, headers, body, size }: ReceivedCall): Outcome {
		if (splunk.isDown) return { reply: coded(503, 9, 'Server is busy') };
		if (!PATHS.test(path)) return refusal(404, 404, `The requested URL was not found: ${path}`);
		if (method !== 'POST') return refusal(405, 405, 'Method Not Allowed');
		const [scheme = '', token] = (headers.authorization ?? '').split(' ');
		if (scheme === '') return refusal(401, 2, 'Token is required');
		if (scheme !== 'Splunk' || !token) return refusal(401, 3, 'Invalid authorization');
		if (token !== TOKEN) return refusal(403, 4, 'Invalid token');
		if (size.decoded > SPLUNK_MAX_BYTES) {
			return refusal(413, 413, `Content-Length of ${size.decoded} too large`);
		}
		const texts = splitJsonObjects(body);
		if (texts.length === 0) return refusal(400, 5, 'No data');
		const events: SplunkEvent[] = [];
		for (const text of texts) {
			const event = parse(text);
			const problem = problemOf(event);
			if (problem) {
				return refusal(400, ...problem, { 'invalid-event-number': events.length });
			}
			events.push(event as unknown as SplunkEvent);
		}
		splunk.events.push(...events);
		splunk.batches.push({ bytes: size.decoded, count: events.length });
		splunk.arrivals.push(
			arrivalNow({
				receiver: 'Splunk',
				to: [...new Set(events.map(({ sourcetype }) => sourcetype ?? 'no sourcetype'))].join(', '),
				title: `${events.length} event${events.length === 1 ? '' : 's'}`,
				text: body.slice(0, 5000),
			}),
		);
		return { reply: coded(200, 0, 'Success') };
	}
	return splunk;
}

interface Outcome {
	reply: Reply;
	/** Why a request was refused. */
	reason?: string;
}

function coded(status: number, code: number, text: string, more: object = {}): Reply {
	return { status, body: { text, code, ...more } };
}

function refusal(status: number, code: number, text: string, more?: object): Outcome {
	return { reply: coded(status, code, text, more), reason: text };
}

function parse(text?: string): Record<string, unknown> | undefined {
	try {
		return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
	} catch {
		return undefined;
	}
}

/** Splunk's code and text for what is wrong with an event. */
function problemOf(event?: Record<string, unknown>): [number, string] | undefined {
	if (!event || Object.keys(event).some((key) => !KEYS.includes(key))) {
		return [6, 'Invalid data format'];
	}
	if (event.event === undefined || event.event === null) return [12, 'Event field is required'];
	if (event.event === '') return [13, 'Event field cannot be blank'];
	const { time, fields } = event as { time?: number | string; fields?: object };
	if (time !== undefined && !/^\d+(\.\d{1,3})?$/.test(String(time))) {
		return [6, 'Invalid data format'];
	}
	const isNested = Object.values(fields ?? {}).some((it) => typeof it === 'object');
	return isNested ? [15, 'Error in handling indexed fields'] : undefined;
}
