import { type Bench, median, type Run } from './measure';
import type { Row } from './tables';
import { seconds, times } from './units';
import {
	exportToFile,
	getEach,
	getMany,
	httpRequestEach,
	httpRequestPages,
	type MeasuredWorkflow,
	type Range,
} from './workflows';

/** How often each workflow runs, and where progress is reported. */
export interface Plan {
	runs: number;
	say(line: string): void;
}

/** The most requests at a time, by default. */
export const MAX_CONCURRENCY = 12;

/** Used for both sides where the other one supports concurrent requests. */
export const CONCURRENCY = 4;

interface Pair {
	ours: MeasuredWorkflow;
	theirs: MeasuredWorkflow;
	expected: number;
	latencyMs: number;
}

/** Runs both in turn, after one warm-up run each, so that a slow moment affects both. */
async function inTurn(bench: Bench, pair: Pair, { runs, say }: Plan) {
	const { expected, latencyMs } = pair;
	const results: { ours: Run[]; theirs: Run[] } = { ours: [], theirs: [] };
	for (let run = 0; run <= runs; run++) {
		for (const side of ['ours', 'theirs'] as const) {
			const result = await bench.run(pair[side], { expected, latencyMs });
			say(`  ${pair[side].name}: ${seconds(result.ms)}, ${result.requests} requests`);
			if (run > 0) results[side].push(result);
		}
	}
	const of = (side: Run[], what: 'ms' | 'requests') => median(side.map((run) => run[what]));
	return {
		ours: of(results.ours, 'ms'),
		theirs: of(results.theirs, 'ms'),
		ourRequests: of(results.ours, 'requests'),
		theirRequests: of(results.theirs, 'requests'),
	};
}

export interface ReadingCase {
	what: string;
	where: Range;
	events: number;
	latencyMs: number;
	/** The minimum speed-up. */
	atLeast: number;
}

/** Get Many with Return All against HTTP Request with pagination and Split Out: time and requests. */
export async function readingRows(
	bench: Bench,
	{ what, where, events, latencyMs, atLeast }: ReadingCase,
	plan: Plan,
): Promise<{ rows: Row[]; oursMs: number; theirsMs: number }> {
	plan.say(`Get Many against HTTP Request: ${what}`);
	const ours = getMany(where);
	const theirs = httpRequestPages(bench.api.credential.baseUrl, where);
	const result = await inTurn(bench, { ours, theirs, expected: events, latencyMs }, plan);
	const ratio = result.theirs / result.ours;
	const mostRequests = 1.25 * result.theirRequests + 2 * MAX_CONCURRENCY;
	const rows = [
		{
			measure: `Get Many, Return All, ${what}, against HTTP Request + Split Out`,
			result: `**${times(ratio)} faster** (${seconds(result.ours)} against ${seconds(result.theirs)})`,
			target: `at least ${atLeast} times`,
			isMet: ratio >= atLeast,
		},
		{
			measure: 'Requests, against reading in sequence',
			result: `${result.ourRequests} against ${result.theirRequests}`,
			target: `at most ${mostRequests}`,
			isMet: result.ourRequests <= mostRequests,
		},
	];
	return { rows, oursMs: result.ours, theirsMs: result.theirs };
}

/** What a file takes beyond reading: Export, which hashes the file while it writes it, against Get Many. */
export async function exportRows(
	bench: Bench,
	{ where, events }: Pick<ReadingCase, 'where' | 'events'>,
	plan: Plan,
): Promise<Row[]> {
	plan.say('Export against Get Many');
	const result = await inTurn(
		bench,
		{ ours: exportToFile(where), theirs: getMany(where), expected: events, latencyMs: 0 },
		plan,
	);
	const ratio = result.ours / result.theirs;
	return [
		{
			measure: 'Export to NDJSON with SHA-256, the same with 0 ms, against Get Many',
			result: `**${times(ratio)} its time** (${seconds(result.ours)} against ${seconds(result.theirs)})`,
			target: 'at most 1.5 times',
			isMet: ratio <= 1.5,
		},
	];
}

/** Event: Get for many items against HTTP Request in batches. */
export async function getRows(bench: Bench, where: Range, plan: Plan): Promise<Row[]> {
	const limit = 1000;
	const latencyMs = 100;
	plan.say('Event: Get against HTTP Request in batches');
	const result = await inTurn(
		bench,
		{
			ours: getEach(where, limit),
			theirs: httpRequestEach(bench.api.credential.baseUrl, where, {
				limit,
				batchSize: CONCURRENCY,
				intervalMs: latencyMs,
			}),
			expected: limit,
			latencyMs,
		},
		plan,
	);
	const ratio = result.theirs / result.ours;
	return [
		{
			measure: `Event: Get over 1,000 items, ${latencyMs} ms per response, against HTTP Request in batches of ${CONCURRENCY} every ${latencyMs} ms`,
			result: `**${times(ratio)} faster** (${seconds(result.ours)} against ${seconds(result.theirs)})`,
			target: 'at least as fast',
			isMet: ratio >= 1,
		},
	];
}
