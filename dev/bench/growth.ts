import type { INodeParameters } from 'n8n-workflow';
import type { LogPlan } from './auditApi';
import { type Bench, median, type Run } from './measure';
import type { Plan } from './rows';
import { markdown, type Table } from './tables';
import { getMany } from './workflows';

interface Variant {
	what: string;
	events?: number;
	latencyMs?: number;
	options?: INodeParameters;
}

const VARIANTS: Variant[] = [
	{ what: '1,000 events, 100 ms', events: 1_000 },
	{ what: '10,000 events', events: 10_000 },
	{ what: '50,000 events', events: 50_000 },
	{ what: '100,000 events' },
	{ what: '100,000 events, 0 ms', latencyMs: 0 },
	{ what: '100,000 events, 50 ms', latencyMs: 50 },
	{ what: '100,000 events, 200 ms', latencyMs: 200 },
	{ what: '100,000 events, pages of 500', options: { pageSize: 500 } },
	{ what: '100,000 events, pages of 200', options: { pageSize: 200 } },
	{ what: '100,000 events, 1 request at a time', options: { maxConcurrency: 1 } },
	{ what: '100,000 events, 2 requests at a time', options: { maxConcurrency: 2 } },
	{ what: '100,000 events, 8 requests at a time', options: { maxConcurrency: 8 } },
	{ what: '100,000 events, 16 requests at a time', options: { maxConcurrency: 16 } },
];

/** How the time of Get Many grows, changing one parameter at a time. */
export async function growthTable(
	bench: Bench,
	whole: LogPlan,
	{ runs, say }: Plan,
): Promise<Table> {
	say('How the time grows');
	const rows: string[][] = [];
	for (const { what, events = 100_000, latencyMs = 100, options = {} } of VARIANTS) {
		const where = events === whole.events ? whole : await bench.rangeOf(events);
		const workflow = getMany(where, options);
		const results: Run[] = [];
		for (let run = 0; run < runs; run++) {
			results.push(await bench.run(workflow, { expected: where.events, latencyMs }));
		}
		const ms = median(results.map((result) => result.ms));
		const requests = median(results.map((result) => result.requests));
		const time = `${(ms / 1000).toFixed(2)} s`;
		say(`  ${what}: ${time}`);
		rows.push([what, time, String(requests)]);
	}
	return { text: markdown(['Get Many, Return All', 'Time', 'Requests'], rows), missed: 0 };
}
