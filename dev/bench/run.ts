import { cpus } from 'node:os';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { N8N_VERSION, packPackage } from '../n8n';
import { NODE_VERSION, PROJECT_DIR } from '../n8n/paths';
import { DENSITY_NAMES } from '../audit-api/densities';
import type { LogPlan } from './auditApi';
import { growthTable } from './growth';
import { Bench } from './measure';
import { COLLECTABLE } from './memory';
import { queueTable } from './queue';
import {
	bareFetchRows,
	exportRows,
	getRows,
	memoryRows,
	packageRows,
	type Plan,
	readingRows,
	type Row,
} from './rows';
import { triggerTable } from './trigger';

const PARTS = ['reading', 'densities', 'memory', 'package', 'trigger', 'queue'];

const USAGE = `Measures the nodes in a real n8n against HTTP Request and against a bare loop.

  npm run bench -- [PART] [--runs N] [--growth] [--write]

  --runs N    how often each workflow runs, after a warm-up run; 3 by default
  PART        a single part: ${PARTS.join(', ')}; also as --only PART. The trigger, which takes
              a quarter of an hour, and the queue, which needs PostgreSQL and Redis, are measured only
              where they are asked for
  --growth    also measures how the time grows with events, pages, latency and concurrency
  --write     writes the tables to docs/performance.md
`;

const DOCUMENT = path.join(PROJECT_DIR, 'docs/performance.md');

const MONTH = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-31T00:00:00.000Z' };
const EVENTS = 100_000;

async function withBench<Result>(
	tarball: string,
	log: LogPlan,
	work: (bench: Bench) => Promise<Result>,
	env: Record<string, string> = {},
): Promise<Result> {
	const bench = await Bench.start(tarball, log, env);
	try {
		return await work(bench);
	} finally {
		await bench.stop();
	}
}

/** A log of a million events, of which the newest tenth is read for comparison. */
async function millionRows(tarball: string, plan: Plan): Promise<Row[]> {
	const log = { events: 10 * EVENTS, ...MONTH };
	const work = async (bench: Bench) => {
		const small = await bench.rangeOf(EVENTS);
		return await memoryRows(bench, { small, large: { ...MONTH, events: log.events } }, plan);
	};
	return await withBench(tarball, log, work, COLLECTABLE);
}

export async function runBench(args: string[]): Promise<boolean> {
	const { values: options, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			runs: { type: 'string', default: '3' },
			only: { type: 'string' },
			growth: { type: 'boolean', default: false },
			write: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	const values = { ...options, only: options.only ?? positionals[0] };
	if (values.help) {
		console.log(USAGE);
		return true;
	}
	const runs = Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs needs a whole number from 1.`);
	if (values.only !== undefined && !PARTS.includes(values.only)) {
		throw new Error(`--only knows ${PARTS.join(', ')}, not "${values.only}".`);
	}
	const plan: Plan = { runs, say: (line) => console.log(line) };

	plan.say('Packing');
	const packed = await packPackage();
	const rows: Row[] = [];
	let growth = '';
	let trigger: { table: string; isMet: boolean } | undefined;
	const isAsked = (part: string) => values.only === undefined || values.only === part;
	const reading = async (bench: Bench) => {
		const slow = { where: MONTH, events: EVENTS, latencyMs: 100, atLeast: 5 };
		const what = '100,000 events, 100 ms per response';
		const { rows: first, ...both } = await readingRows(bench, { what, ...slow }, plan);
		rows.push(...first);
		const fast = { ...slow, what: 'the same with 0 ms', latencyMs: 0, atLeast: 1.6 };
		rows.push(...(await readingRows(bench, fast, plan)).rows);
		rows.push(...(await bareFetchRows(bench, { what, ...slow, ...both }, plan)));
		rows.push(...(await exportRows(bench, slow, plan)));
		rows.push(...(await getRows(bench, MONTH, plan)));
		if (values.growth) growth = await growthTable(bench, { ...MONTH, events: EVENTS }, plan);
	};
	const densities = async () => {
		for (const density of DENSITY_NAMES.filter((name) => name !== 'even')) {
			const what = `${density}, 100 ms`;
			const unevenly = { what, where: MONTH, events: EVENTS, latencyMs: 100, atLeast: 4.5 };
			const measured = async (bench: Bench) => await readingRows(bench, unevenly, plan);
			const log = { events: EVENTS, ...MONTH, density };
			rows.push(...(await withBench(tarball, log, measured)).rows);
		}
	};
	const { tarball } = packed;
	if (isAsked('reading')) await withBench(tarball, { events: EVENTS, ...MONTH }, reading);
	if (isAsked('densities')) await densities();
	if (isAsked('memory')) rows.push(...(await millionRows(tarball, plan)));
	if (isAsked('package')) rows.push(...(await packageRows(packed, plan)));
	if (values.only === 'trigger') trigger = await triggerTable(tarball, plan);
	const queue = values.only === 'queue' && (await queueTable(tarball, plan));
	await rm(path.dirname(packed.tarball), { recursive: true, force: true });

	if (trigger) {
		console.log(`\n${trigger.table}\n`);
		if (values.write) await writeTables({ trigger: trigger.table });
		return trigger.isMet;
	}
	if (queue) {
		console.log(`\n${queue}\n`);
		if (values.write) await writeTables({ queue });
		return true;
	}
	const table = tableOf(rows, runs);
	console.log(`\n${table}\n${growth}`);
	// A part of the table must not replace the whole.
	if (values.write && values.only === undefined)
		await writeTables({ results: table, ...(growth && { growth }) });
	const missed = rows.filter(({ isMet }) => !isMet);
	console.log(
		missed.length === 0
			? 'Every target is met.'
			: `${missed.length} of ${rows.length} targets are not met.`,
	);
	return missed.length === 0;
}

function tableOf(rows: Row[], runs: number): string {
	const [cpu] = cpus();
	const lines = rows.map(
		({ measure, result, target, isMet }) =>
			`| ${measure} | ${result} | ${target} | ${isMet ? 'yes' : '**no**'} |`,
	);
	return [
		`Medians of ${runs} runs, n8n ${N8N_VERSION}, Node.js ${NODE_VERSION}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}).`,
		'',
		'| Measure | Result | Target | Met |',
		'|---|---|---|---|',
		...lines,
	].join('\n');
}

/** Each table is between two comments with its name. */
async function writeTables(tables: Record<string, string>): Promise<void> {
	let text = await readFile(DOCUMENT, 'utf8');
	for (const [name, table] of Object.entries(tables)) {
		const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
		if (!place.test(text)) throw new Error(`docs/performance.md has no place for "${name}".`);
		text = text.replace(
			place,
			(_all, before: string, after: string) => `${before}\n${table}\n${after}`,
		);
	}
	await writeFile(DOCUMENT, text);
}
