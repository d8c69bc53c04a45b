import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ensureN8n, type PackedPackage } from '../n8n';
import { runCommand } from '../n8n/command';
import { PROJECT_DIR } from '../n8n/paths';
import type { Bench, Run } from './measure';
import { median } from './measure';
import { idleBytes, peakDuring } from './memory';
import {
	exportToFile,
	getEach,
	getMany,
	httpRequestEach,
	httpRequestPages,
	type MeasuredWorkflow,
	type Range,
	summarize,
	summarizeCompared,
} from './workflows';

/** One row of the table. */
export interface Row {
	measure: string;
	result: string;
	target: string;
	isMet: boolean;
}

/** How often each workflow runs, and where progress is reported. */
export interface Plan {
	runs: number;
	say(line: string): void;
}

/** The most requests at a time, by default. */
const MAX_CONCURRENCY = 12;

/** Used for both sides where the other one supports concurrent requests. */
const CONCURRENCY = 4;
const MEGABYTE = 2 ** 20;

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
const times = (ratio: number) => `${ratio.toFixed(2)} times`;

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

async function bareFetchMs(
	bench: Bench,
	where: Range,
	{
		runs,
		events,
		concurrency = CONCURRENCY,
	}: { runs: number; events: number; concurrency?: number },
): Promise<number> {
	const { nodeBinary } = await ensureN8n({});
	const { baseUrl, clientId, clientSecret } = bench.api.credential;
	const args = [baseUrl, clientId, clientSecret, where.from, where.to, concurrency, runs + 1];
	const { stdout } = await runCommand(
		nodeBinary,
		[path.join(__dirname, 'bareFetch.mjs'), ...args.map(String)],
		{ cwd: PROJECT_DIR },
	);
	const results = stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as { events: number; ms: number });
	if (results.some((result) => result.events !== events)) {
		throw new Error(`The bare loop did not read ${events} events: ${stdout}`);
	}
	// Here, too, the first run is a warm-up.
	return median(results.slice(1).map(({ ms }) => ms));
}

/** How fast the local Audit API is, and how the node compares with a program without n8n. */
export async function bareFetchRows(
	bench: Bench,
	{
		where,
		events,
		latencyMs,
		oursMs,
		theirsMs,
	}: ReadingCase & { oursMs: number; theirsMs: number },
	plan: Plan,
): Promise<Row[]> {
	const { runs, say } = plan;
	say('A bare fetch loop');
	await bench.api.reset();
	const fastest = await bareFetchMs(bench, where, { runs, events });
	await bench.api.configure({ latencyMs });
	const bare = await bareFetchMs(bench, where, { runs, events });
	const widest = await bareFetchMs(bench, where, { runs, events, concurrency: MAX_CONCURRENCY });
	await bench.api.reset();
	const four = getMany(where, { maxConcurrency: CONCURRENCY });
	const results: number[] = [];
	for (let run = 0; run <= runs; run++) {
		const { ms } = await bench.run(four, { expected: events, latencyMs });
		if (run > 0) results.push(ms);
	}
	const fourMs = median(results);
	const pagesPerSecond = (events / 1000 / fastest) * 1000;
	const loop = (count: number) =>
		`a bare loop of \`fetch\` and \`JSON.parse\` with ${count} requests at a time, outside n8n`;
	return [
		{
			measure: `Get Many, Max Concurrency ${CONCURRENCY}, ${latencyMs} ms per response, against ${loop(CONCURRENCY)}`,
			result: `**${times(fourMs / bare)} its time** (${seconds(fourMs)} against ${seconds(bare)})`,
			target: 'at most 1.25 times',
			isMet: fourMs / bare <= 1.25,
		},
		{
			measure: `Get Many with its defaults, ${latencyMs} ms per response, against ${loop(MAX_CONCURRENCY)} from the start`,
			result: `${times(oursMs / widest)} its time (${seconds(oursMs)} against ${seconds(widest)})`,
			target: '(it does not have to find out how many)',
			isMet: true,
		},
		{
			measure: 'How much faster that loop is than HTTP Request + Split Out',
			result: times(theirsMs / widest),
			target: '(the achievable maximum)',
			isMet: true,
		},
		{
			measure: 'What the local Audit API delivers to that loop at 0 ms',
			result: `${pagesPerSecond.toFixed(0)} pages of 1,000 events per second`,
			target: 'not the bottleneck',
			isMet: fastest < oursMs,
		},
	];
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

export interface MemoryCase {
	/** A tenth of the log, and all of it. */
	small: Range & { events: number };
	large: Range & { events: number };
}

/**
 * What an operation adds to n8n's memory, measured after a garbage collection. The first run does not count:
 * V8 then allocates memory that it keeps, whatever the size of the log.
 */
export async function memoryRows(
	bench: Bench,
	{ small, large }: MemoryCase,
	{ runs, say }: Plan,
): Promise<Row[]> {
	const rows: Row[] = [];
	for (const make of [exportToFile, summarize, summarizeCompared]) {
		const sizeOf = (log: MemoryCase['small']) => ({
			log,
			workflow: make(log),
			above: [] as number[],
		});
		const sizes = [sizeOf(small), sizeOf(large)] as const;
		const [{ workflow }] = sizes;
		say(`Memory of ${workflow.name}`);
		await bench.run(workflow, { expected: small.events });
		// These results vary more than times do.
		for (let run = 0; run < Math.max(5, runs); run++) {
			for (const size of sizes) {
				const { pid } = bench.n8n;
				const idle = await idleBytes(pid);
				const peak = await peakDuring(pid, async () => {
					await bench.run(size.workflow, { expected: size.log.events });
				});
				size.above.push((peak - idle) / MEGABYTE);
				say(
					`  ${size.log.events} events: ${((peak - idle) / MEGABYTE).toFixed(0)} MB above ${(idle / MEGABYTE).toFixed(0)} MB`,
				);
			}
		}
		const tenth = median(sizes[0].above);
		const all = median(sizes[1].above);
		rows.push(
			{
				measure: `${workflow.name} of 1,000,000 events: peak memory of the n8n process above idle`,
				result: `**${all.toFixed(0)} MB**`,
				target: 'at most 150 MB',
				isMet: all <= 150,
			},
			{
				measure: `${workflow.name}: the same against 100,000 events`,
				result: `${times(all / tenth)} (${all.toFixed(0)} MB against ${tenth.toFixed(0)} MB)`,
				target: 'at most 1.2 times',
				isMet: all / tenth <= 1.2,
			},
		);
	}
	return rows;
}

const REQUIRE = `
require('n8n-workflow');
const before = performance.now();
for (const file of process.argv.slice(1)) require(file);
console.log(performance.now() - before);`;

/** The cost of installing and loading the package. n8n has loaded n8n-workflow anyway. */
export async function packageRows({ size }: PackedPackage, { runs }: Plan): Promise<Row[]> {
	const { nodeBinary } = await ensureN8n({});
	const nodes = ['SignicatAudit', 'SignicatAuditTrigger'].map((name) =>
		path.join(PROJECT_DIR, 'dist/nodes', name, `${name}.node.js`),
	);
	const load = () =>
		Number(execFileSync(nodeBinary, ['-e', REQUIRE, ...nodes], { cwd: PROJECT_DIR }).toString());
	const ms = median(Array.from({ length: Math.max(5, runs) }, load));
	return [
		{
			measure: 'Packed size',
			result: `**${(size / 1000).toFixed(1)} kB**`,
			target: 'at most 110 kB',
			isMet: size <= 110_000,
		},
		{
			measure: '`require` of both nodes, in a process that has n8n-workflow',
			result: `**${ms.toFixed(0)} ms**`,
			target: 'at most 50 ms',
			isMet: ms <= 50,
		},
	];
}
