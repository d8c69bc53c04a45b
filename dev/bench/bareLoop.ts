import path from 'node:path';
import { ensureN8n } from '../n8n';
import { runCommand } from '../n8n/command';
import { PROJECT_DIR } from '../n8n/paths';
import { type Bench, median } from './measure';
import { CONCURRENCY, MAX_CONCURRENCY, type Plan, type ReadingCase } from './rows';
import type { Row } from './tables';
import { seconds, times } from './units';
import { getMany, type Range } from './workflows';

interface BareLoop {
	/** How many it has to read. */
	events: number;
	/** After a warm-up run. */
	runs: number;
	concurrency?: number;
	/** Whether each request opens a connection. */
	closing?: boolean;
	/** Added to its environment. */
	env?: Record<string, string>;
}

interface BareRun {
	events: number;
	ms: number;
	/** The largest resident set of the program so far. */
	peakBytes: number;
}

/** Runs a program without n8n that reads a range and keeps its events. @returns each run, the warm-up run first */
export async function bareLoop(
	{ api }: Pick<Bench, 'api'>,
	where: Range,
	{ runs, events, concurrency = CONCURRENCY, closing = false, env = {} }: BareLoop,
): Promise<BareRun[]> {
	const { nodeBinary } = await ensureN8n({});
	const { baseUrl, clientId, clientSecret } = api.credential;
	const args = [baseUrl, clientId, clientSecret, where.from, where.to, concurrency, runs + 1];
	const { stdout } = await runCommand(
		nodeBinary,
		[path.join(__dirname, 'bareFetch.mjs'), ...args.map(String), closing ? 'closing' : 'kept'],
		{ cwd: PROJECT_DIR, env: { ...process.env, ...env } },
	);
	const results = stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as BareRun);
	if (results.some((result) => result.events !== events)) {
		throw new Error(`The bare loop did not read ${events} events: ${stdout}`);
	}
	return results;
}

/** @returns the median time of that program, in ms */
export async function bareLoopMs(
	bench: Pick<Bench, 'api'>,
	where: Range,
	options: BareLoop,
): Promise<number> {
	const [, ...runs] = await bareLoop(bench, where, options);
	return median(runs.map(({ ms }) => ms));
}

/** How fast the local Audit API is, and how the node compares with a program without n8n. */
export async function bareLoopRows(
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
	const fastest = await bareLoopMs(bench, where, { runs, events });
	await bench.api.configure({ latencyMs });
	const bare = await bareLoopMs(bench, where, { runs, events });
	const widest = await bareLoopMs(bench, where, { runs, events, concurrency: MAX_CONCURRENCY });
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
