import { present } from '../../test/support/present';
import type { LogPlan } from './auditApi';
import { bareLoop } from './bareLoop';
import { Bench, median } from './measure';
import { measure } from './memoryRows';
import { MAX_CONCURRENCY, type Plan } from './rows';
import type { Row } from './tables';
import { count, megabytes, times } from './units';
import { getManyOfLong, httpRequestPagesOfLong, type MeasuredWorkflow } from './workflows';

/** How many events a side reads before it is measured: the first reading loads code, whatever its size. */
const WARM_UP = 10_000;
const MOST_OF_PEER = 0.65;

type Side = (bench: Bench, where: LogPlan) => MeasuredWorkflow;

const SIDES = {
	ours: (_bench, where) => getManyOfLong(where),
	theirs: (bench, where) => httpRequestPagesOfLong(bench.api.credential.baseUrl, where),
	oneByOne: (_bench, where) => getManyOfLong(where, { maxConcurrency: 1 }),
} satisfies Record<string, Side>;

type SideName = keyof typeof SIDES;

/**
 * What it takes to hold events as items: the peak of the n8n process, with Get Many and with HTTP Request + Split Out.
 * Each run has an n8n of its own, because V8 keeps what the largest one before it took.
 */
export async function itemMemoryRows(
	tarball: string,
	log: LogPlan,
	{ events, plan: { runs, say } }: { events: number; plan: Plan },
): Promise<Row[]> {
	const peaks: Record<SideName, number[]> = { ours: [], theirs: [], oneByOne: [] };
	let bare = 0;
	let idle = 0;
	say(`Memory of ${count(events)} items`);
	const names = Object.keys(SIDES) as SideName[];
	for (const name of Array.from({ length: runs }, () => names).flat()) {
		await Bench.with(tarball, log, async (bench) => {
			const few = await bench.rangeOf(WARM_UP);
			const many = await bench.rangeOf(events);
			const before = await measure(bench, { workflow: SIDES[name](bench, few), part: few });
			const workflow = SIDES[name](bench, many);
			const { peak } = await measure(bench, { workflow, part: many });
			say(`  ${workflow.name}: ${megabytes(peak)}`);
			peaks[name].push(peak);
			if (bare > 0) return;
			idle = before.idle;
			const loop = { runs: 0, events: many.events, concurrency: MAX_CONCURRENCY };
			bare = present((await bareLoop(bench, many, loop))[0]).peakBytes;
		});
	}
	return rowsOf({
		events,
		ours: median(peaks.ours),
		theirs: median(peaks.theirs),
		oneByOne: median(peaks.oneByOne),
		bare,
		idle,
	});
}

/** All in bytes, apart from the events. */
interface Peaks extends Record<SideName, number> {
	events: number;
	/** Of a program without n8n. */
	bare: number;
	/** Of n8n without work. */
	idle: number;
}

function rowsOf({ events, ours, theirs, oneByOne, bare, idle }: Peaks): Row[] {
	return [
		{
			measure: `Get Many, Output Raw, ${count(events)} events, 0 ms: peak memory of the n8n process, against HTTP Request + Split Out`,
			result: `**${times(ours / theirs)}** (${megabytes(ours)} against ${megabytes(theirs)})`,
			target: `at most ${MOST_OF_PEER} times`,
			isMet: ours / theirs <= MOST_OF_PEER,
		},
		{
			measure: 'The same with one request at a time (Max Concurrency 1)',
			result: `${times(oneByOne / theirs)} (${megabytes(oneByOne)})`,
			target: '(how much of it are requests at the same time)',
			isMet: true,
		},
		{
			measure: 'What a program without n8n takes that reads and keeps the same events',
			result: `${times(bare / theirs)} (${megabytes(bare)})`,
			target: `(n8n without work takes ${megabytes(idle)})`,
			isMet: true,
		},
	];
}
