import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../n8n';
import { PARTS } from './parts';
import type { Plan } from './rows';
import { writeTable } from './tables';

const NAMES = Object.keys(PARTS);
const ON_REQUEST = NAMES.filter((name) => PARTS[name]?.isOnRequest);

const USAGE = `Measures the nodes in a real n8n against HTTP Request and against a bare loop.

  npm run bench -- [PART ...] [--runs N] [--write]

  PART        what to measure: ${NAMES.join(', ')}; also as --only PART.
              ${ON_REQUEST.join(', ')} only where they are asked for: they take a quarter of an hour
              or need other programs
  --runs N    how often each workflow runs, after a warm-up run; 3 by default
  --write     writes the tables to docs/performance.md
`;

/** @returns whether every target is met */
export async function runBench(args: string[]): Promise<boolean> {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			runs: { type: 'string', default: '3' },
			only: { type: 'string', multiple: true, default: [] },
			write: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return true;
	}
	const runs = Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs needs a whole number from 1.`);
	const asked = [...values.only, ...positionals];
	const unknown = asked.find((name) => !NAMES.includes(name));
	if (unknown !== undefined) throw new Error(`There is no "${unknown}": ${NAMES.join(', ')}.`);
	const plan: Plan = { runs, say: (line) => console.log(line) };

	plan.say('Packing');
	const packed = await packPackage();
	let missed = 0;
	try {
		for (const [name, { isOnRequest = false, measure }] of Object.entries(PARTS)) {
			if (asked.length > 0 ? !asked.includes(name) : isOnRequest) continue;
			const table = await measure(packed, plan);
			console.log(`\n${table.text}\n`);
			if (values.write) await writeTable(name, table);
			missed += table.missed;
		}
	} finally {
		await rm(path.dirname(packed.tarball), { recursive: true, force: true });
	}
	console.log(missed === 0 ? 'Every target is met.' : `${missed} targets are not met.`);
	return missed === 0;
}
