import express from 'express';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { asListed, generateEvents } from '../audit-api/events';
import { dateToTicks, toTicks } from '../audit-api/instant';

/** So many different events; the others repeat them with other cursors and timestamps. */
const DIFFERENT = 1_000;
const HOST = '127.0.0.1';

interface QueryBody {
	from: string;
	to: string;
}

/**
 * A log that is longer than the local Audit API could hold: its events are computed when they are read, from their
 * position. They lie evenly, so that the position of a time is computed as well. Knows only what a reading without
 * conditions needs. Started like the local Audit API, and prints the same.
 */
function main(): void {
	const options = {
		events: { type: 'string' },
		from: { type: 'string' },
		to: { type: 'string' },
	} as const;
	const { values } = parseArgs({ options, strict: false });
	const total = Number(values.events);
	const start = Date.parse(String(values.from));
	const end = Date.parse(String(values.to));
	const stepMs = Math.floor((end - start) / total);
	// The newest event is the first one.
	const timeOf = (index: number) => end - (index + 1) * stepMs;
	/** The index of the newest event before a time. */
	const firstBefore = (text: string) =>
		Math.min(total, Math.max(0, Math.floor((end - nextMillisecond(text)) / stepMs)));
	const jsonOf = eventWriter();
	let queries = 0;

	const app = express().disable('etag');
	app.use(express.json());
	app.post('/auth/open/connect/token', (_req, res) => {
		res.json({
			access_token: 'token',
			token_type: 'Bearer',
			expires_in: 600,
			scope: 'signicat-api',
		});
	});
	app.post('/_control/configure', (_req, res) => void res.json({}));
	app.post('/_control/reset', (_req, res) => {
		queries = 0;
		res.json({});
	});
	app.get('/_control/requests', (_req, res) => {
		res.json({ requests: Array.from({ length: queries }, () => ({ operation: 'query' })) });
	});
	app.post('/audit/query', (req, res) => {
		queries++;
		const { from, to } = req.body as QueryBody;
		const limit = Number(req.query.limit ?? 1000);
		// From is inclusive, To is not.
		const first = Number(req.query.cursor ?? firstBefore(to));
		const behind = firstBefore(from);
		const last = Math.min(first + limit, behind);
		const events: string[] = [];
		for (let index = first; index < last; index++) events.push(jsonOf(index, timeOf(index)));
		const path = `/audit/query?cursor=${last}&limit=${limit}`;
		const next = last < behind ? JSON.stringify(`http://${req.headers.host}${path}`) : 'null';
		res.type('json');
		res.send(`{"data":[${events.join()}],"next":${next},"from":"${from}","to":"${to}"}`);
	});
	const server = app.listen(0, HOST, () => {
		console.log(`
    Base URL        http://${HOST}:${(server.address() as AddressInfo).port}
    Client ID       long-log
    Client Secret   long-log
    Press Ctrl-C to stop it.`);
	});
}

/** The whole millisecond at a time or after it: all events are at one. */
function nextMillisecond(text: string): number {
	const ticks = toTicks(text);
	if (ticks === undefined) throw new Error(`Not a timestamp: ${text}`);
	return Number((ticks + 999_999n) / 1_000_000n);
}

/** Writes the JSON of an event: that of a generated one, with its own cursor and timestamp. */
function eventWriter(): (index: number, ms: number) => string {
	const to = dateToTicks(new Date());
	const [cursor, timestamp] = ['of-the-cursor', 'of-the-timestamp'];
	const pieces = generateEvents({ count: DIFFERENT, seed: 1, from: to - 1_000_000n, to }).map(
		(event) =>
			JSON.stringify({ ...asListed(event), cursor, timestamp }).split(
				/of-the-cursor|of-the-timestamp/,
			),
	);
	return (index, ms) => {
		const [before, between, after] = pieces[index % DIFFERENT] as [string, string, string];
		const text = new Date(ms).toISOString().replace('Z', '0000Z');
		return `${before}long-${String(index).padStart(12, '0')}${between}${text}${after}`;
	};
}

main();
