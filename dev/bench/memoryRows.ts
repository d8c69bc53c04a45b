import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../../test/support/present';
import { type Bench, mean, meansOfThirds, median } from './measure';
import { retainedDuring, idleBytes, peakDuring } from './memory';
import type { Plan } from './rows';
import type { Row } from './tables';
import { count, megabytes, MEGABYTE, seconds, times } from './units';
import {
	exportToFile,
	type MeasuredWorkflow,
	type Range,
	summarize,
	summarizeCompared,
} from './workflows';

/** A part of the log, and how often it is read: the larger, the less its result varies. */
export interface Part extends Range {
	events: number;
	runs: number;
}

/** A reading of a part, with the results of each run. */
interface Size {
	part: Part;
	workflow: MeasuredWorkflow;
	/** The peaks in bytes above idle. */
	above: number[];
	/** Of the largest part: what is in use after garbage collections. */
	retained?: Retained;
	ms: number[];
}

/** In bytes above idle, on average. */
interface Retained {
	firstThird: number;
	lastThird: number;
}

const MOST_MEGABYTES = 150;
const MOST_GROWTH = 1.1;
const MOST_EXPORT_TIME = 1.6;
/** The size that the limits of memory and time are about. */
export const MILLION = 1_000_000;
const IDLE_MS = 3_000;

/**
 * What operations that hold no items add to n8n's memory, whatever the size of the log, measured after a garbage
 * collection. The first run does not count: V8 then allocates memory that it keeps.
 *
 * @param parts smallest first
 */
export async function memoryRows(bench: Bench, parts: readonly Part[], plan: Plan): Promise<Row[]> {
	const readings = [exportToFile, summarize, summarizeCompared].map((make) =>
		parts.map((part): Size => ({ part, workflow: make(part), above: [], ms: [] })),
	);
	await measureAll(bench, readings.flat(), plan);
	const [exported, summarized] = readings.map((sizes) => median(millionOf(sizes).ms));
	return [...readings.flatMap(rowsOf), exportTimeRow(present(exported), present(summarized))];
}

/** In turn, so that what else the machine does meets all of them. */
async function measureAll(bench: Bench, sizes: Size[], { say }: Plan): Promise<void> {
	for (const size of sizes.filter(({ part }) => part === present(sizes[0]).part)) {
		await bench.run(size.workflow, { expected: size.part.events });
	}
	const most = Math.max(...sizes.map(({ part: { runs } }) => runs));
	for (let run = 0; run < most; run++) {
		for (const size of sizes.filter(({ part: { runs } }) => run < runs)) {
			const { idle, peak, ms } = await measure(bench, size);
			size.above.push(peak - idle);
			size.ms.push(ms);
			say(`  ${nameOf(size)}: ${megabytes(peak - idle)} above idle, ${seconds(ms)}`);
		}
	}
	for (const size of sizes.filter(({ part }) => part === sizes.at(-1)?.part)) {
		size.retained = await retainedAboveIdle(bench, size);
		const { firstThird, lastThird } = size.retained;
		say(
			`  ${nameOf(size)}: ${megabytes(firstThird)}, then ${megabytes(lastThird)} retained above idle`,
		);
	}
}

function nameOf({ workflow, part }: Size): string {
	return `${workflow.name}, ${count(part.events)} events`;
}

/** Runs a workflow once more, with collections of garbage that make it slower. */
async function retainedAboveIdle(
	bench: Bench,
	{ workflow, part }: Pick<Size, 'workflow' | 'part'>,
): Promise<Retained> {
	const { n8n } = bench;
	const idle = mean(await retainedDuring(n8n, async () => await sleep(IDLE_MS)));
	const retained = await retainedDuring(n8n, async () => {
		await bench.run(workflow, { expected: part.events });
	});
	const { first, last } = meansOfThirds(retained);
	return { firstThird: first - idle, lastThird: last - idle };
}

/** Runs a workflow once. @returns the resident set before and at most, in bytes, and how long it took */
export async function measure(
	bench: Bench,
	{ workflow, part }: { workflow: MeasuredWorkflow; part: { events: number } },
) {
	const { n8n } = bench;
	const idle = await idleBytes(n8n);
	let ms = 0;
	const peak = await peakDuring(n8n.pid, async () => {
		({ ms } = await bench.run(workflow, { expected: part.events }));
	});
	return { idle, peak, ms };
}

function millionOf(sizes: readonly Size[]): Size {
	return present(sizes.find(({ part: { events } }) => events >= MILLION));
}

function rowsOf(sizes: readonly Size[]): Row[] {
	const million = millionOf(sizes);
	const { name } = million.workflow;
	const most = median(million.above);
	const smallest = present(sizes[0]);
	const least = median(smallest.above);
	const growth = sizes
		.slice(1)
		.map(({ part, above }) =>
			growthRow(`${name}: ${against(part, smallest.part)}`, median(above), least),
		);
	const largest = present(sizes.at(-1));
	const { firstThird, lastThird } = present(largest.retained);
	const retained = growthRow(
		`${name} of ${count(largest.part.events)} events, without garbage: the last third of the run against the first`,
		lastThird,
		firstThird,
	);
	return [
		{
			measure: `${name} of ${count(million.part.events)} events: peak memory of the n8n process above idle`,
			result: `**${megabytes(most)}**`,
			target: `at most ${MOST_MEGABYTES} MB`,
			isMet: most <= MOST_MEGABYTES * MEGABYTE,
		},
		...growth,
		retained,
	];
}

function against(part: Part, smallest: Part): string {
	return `${count(part.events)} events against ${count(smallest.events)}`;
}

function growthRow(measure: string, bytes: number, least: number): Row {
	const ratio = bytes / least;
	return {
		measure,
		result: `${times(ratio)} (${megabytes(bytes)} against ${megabytes(least)})`,
		target: `at most ${MOST_GROWTH} times`,
		isMet: ratio <= MOST_GROWTH,
	};
}

function exportTimeRow(ours: number, theirs: number): Row {
	return {
		measure: 'Export to NDJSON with SHA-256 of a million events, 0 ms, against Summarize',
		result: `**${times(ours / theirs)} its time** (${seconds(ours)} against ${seconds(theirs)})`,
		target: `at most ${MOST_EXPORT_TIME} times`,
		isMet: ours / theirs <= MOST_EXPORT_TIME,
	};
}
