import { DENSITY_NAMES } from '../audit-api/densities';
import type { PackedPackage } from '../n8n';
import { bareLoopRows } from './bareLoop';
import { distanceRows } from './distanceRows';
import { growthTable } from './growth';
import { itemMemoryRows } from './itemMemoryRows';
import { Bench } from './measure';
import { memoryRows, MILLION } from './memoryRows';
import { packageRows } from './packageRows';
import { queueTable } from './queue';
import { exportRows, getRows, type Plan, readingRows } from './rows';
import { type Row, type Table, tableOf } from './tables';
import { triggerTable } from './trigger';
import { MONTH } from './workflows';

interface Part {
	/** Whether it is measured only where it is asked for: it takes long, or needs other programs. */
	isOnRequest?: boolean;
	measure(packed: PackedPackage, plan: Plan): Promise<Table>;
}

const EVENTS = 100_000;
const LOG = { events: EVENTS, ...MONTH };
const LONG_LOG = { events: 5 * MILLION, ...MONTH, isLong: true };

/** What can be measured, each with a table of its own. */
export const PARTS: Record<string, Part> = {
	reading: {
		async measure({ tarball }, plan) {
			return await Bench.with(tarball, LOG, async (bench) => {
				const slow = { where: MONTH, events: EVENTS, latencyMs: 100, atLeast: 5 };
				const what = '100,000 events, 100 ms per response';
				const fast = { ...slow, what: 'the same with 0 ms', latencyMs: 0, atLeast: 1.6 };
				const { rows, ...both } = await readingRows(bench, { what, ...slow }, plan);
				rows.push(...(await readingRows(bench, fast, plan)).rows);
				rows.push(...(await bareLoopRows(bench, { what, ...slow, ...both }, plan)));
				rows.push(...(await exportRows(bench, slow, plan)));
				rows.push(...(await getRows(bench, MONTH, plan)));
				return tableOf(rows, plan.runs);
			});
		},
	},
	densities: {
		async measure({ tarball }, plan) {
			const rows: Row[] = [];
			for (const density of DENSITY_NAMES.filter((name) => name !== 'even')) {
				const what = `${density}, 100 ms`;
				const unevenly = { what, where: MONTH, events: EVENTS, latencyMs: 100, atLeast: 4.5 };
				await Bench.with(tarball, { ...LOG, density }, async (bench) => {
					rows.push(...(await readingRows(bench, unevenly, plan)).rows);
				});
			}
			return tableOf(rows, plan.runs);
		},
	},
	distance: {
		async measure({ tarball }, plan) {
			const rows = await distanceRows(tarball, { ...LOG, latencyMs: 100 }, plan);
			return tableOf(rows, plan.runs);
		},
	},
	items: {
		async measure({ tarball }, plan) {
			return tableOf(await itemMemoryRows(tarball, LONG_LOG, { events: MILLION, plan }), plan.runs);
		},
	},
	memory: {
		async measure({ tarball }, plan) {
			// Of one long log, also the newest parts: reading all of it shows whether memory depends on its size.
			return await Bench.with(tarball, LONG_LOG, async (bench) => {
				const tenth = { ...(await bench.rangeOf(EVENTS)), runs: plan.runs };
				const million = { ...(await bench.rangeOf(MILLION)), runs: plan.runs };
				const parts = [tenth, million, { ...LONG_LOG, runs: 1 }];
				return tableOf(await memoryRows(bench, parts, plan), plan.runs);
			});
		},
	},
	package: {
		async measure(packed, plan) {
			return tableOf(await packageRows(packed, plan), plan.runs);
		},
	},
	growth: {
		isOnRequest: true,
		async measure({ tarball }, plan) {
			return await Bench.with(tarball, LOG, async (bench) => await growthTable(bench, LOG, plan));
		},
	},
	trigger: {
		isOnRequest: true,
		async measure({ tarball }, plan) {
			return await triggerTable(tarball, plan);
		},
	},
	queue: {
		isOnRequest: true,
		async measure({ tarball }, plan) {
			return await queueTable(tarball, plan);
		},
	},
};
