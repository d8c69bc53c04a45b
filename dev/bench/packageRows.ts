import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ensureN8n, type PackedPackage } from '../n8n';
import { PROJECT_DIR } from '../n8n/paths';
import { median } from './measure';
import type { Plan } from './rows';
import type { Row } from './tables';

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
