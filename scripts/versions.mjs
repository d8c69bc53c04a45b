// `npm run versions`: tests the packed package in several versions of n8n, and shows the results as a table.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fail, jestStep, loadTypeScript, prepare, PROJECT_DIR } from './lib/bootstrap.mjs';

const USAGE = `Installs several versions of n8n into the cache folder, and tests the packed package in each.

  npm run versions -- [--write] [--remove] [version ...]

  --write      writes the table into docs/compatibility.md
  --remove     removes the versions from the cache folder afterwards, except the one that all other tests use
  version ...  without any: the newest 2.x on npm, the pinned one, the oldest 2.x, and the newest 1.x
`;

const COLUMNS = [
	...['Install', 'Credential test', 'Get Many', 'Export to File', 'Summarize', 'Editor'],
	...['Trigger, in-memory engine', 'Trigger, durable engine'],
];
const MARKERS = /(<!-- versions -->\n)[^]*(<!-- \/versions -->)/;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		write: { type: 'boolean' },
		remove: { type: 'boolean' },
		help: { type: 'boolean', short: 'h' },
	},
});
if (values.help) {
	console.log(USAGE);
	process.exit();
}
await prepare();
const { ensureN8n, OLDEST_VERSION, removeN8n, replacedIn } =
	await loadTypeScript('dev/n8n/install.ts');
const { newestVersion } = await loadTypeScript('dev/n8n/npmVersions.ts');
const { N8N_VERSION } = await loadTypeScript('dev/n8n/paths.ts');
const dir = mkdtempSync(path.join(tmpdir(), 'n8n-versions-'));
try {
	await run();
} catch (error) {
	fail(error.message);
} finally {
	rmSync(dir, { recursive: true, force: true });
}

async function run() {
	const versions = positionals.length > 0 ? positionals : await defaultVersions();
	const replaced = new Map();
	for (const version of versions) {
		const installation = await ensureN8n({ version, onProgress: (line) => console.log(line) });
		replaced.set(version, await replacedIn(installation));
	}
	process.env.N8N_VERSIONS = versions.join(',');
	const results = path.join(dir, 'results.json');
	await jestStep(`n8n ${versions.join(', ')}`, [
		...['--testPathPatterns', 'ecosystem/versions', '--runInBand'],
		...['--json', '--outputFile', results, '--selectProjects', 'e2e/ecosystem'],
	]);
	const markdown = describe(versions, outcomes(results), replaced);
	console.log(`\n${markdown}`);
	if (values.write) write(markdown);
	if (values.remove) {
		for (const version of versions) if (version !== N8N_VERSION) await removeN8n(version);
	}
}

async function defaultVersions() {
	const versions = [
		await newestVersion('n8n', '2'),
		N8N_VERSION,
		OLDEST_VERSION,
		await newestVersion('n8n', '1'),
	];
	return [...new Set(versions)];
}

/** @returns by version and column, whether all its tests passed; undefined if there is none or it was skipped */
function outcomes(file) {
	const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
	const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
	return (version, column) => {
		const own = tests.filter(
			({ ancestorTitles: [group], title, status }) =>
				group === `n8n ${version}` && title.startsWith(`${column}: `) && status !== 'pending',
		);
		return own.length > 0 ? own.every(({ status }) => status === 'passed') : undefined;
	};
}

function describe(versions, outcome, replaced) {
	const cell = (passed) => (passed === undefined ? '–' : passed ? '✓' : '**fails**');
	const rows = [
		['n8n', ...COLUMNS],
		['---', ...COLUMNS.map(() => '---')],
		...versions.map((version) => [
			version,
			...COLUMNS.map((column) => cell(outcome(version, column))),
		]),
	];
	const notes = [...replaced]
		.filter(([, packages]) => Object.keys(packages).length > 0)
		.map(([version, packages]) => {
			const list = Object.entries(packages).map(([name, older]) => `\`${name}\` ${older}`);
			return `\nn8n ${version} was incomplete: npm lacked ${list.length} of its packages. In their place: ${list.join(', ')}.\n`;
		});
	const date = new Date().toISOString().slice(0, 10);
	const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
	return `Tested on ${date} with Node.js 24:\n\n${table}\n${notes.join('')}`;
}

function write(markdown) {
	const file = path.join(PROJECT_DIR, 'docs/compatibility.md');
	const text = readFileSync(file, 'utf8');
	if (!MARKERS.test(text)) fail(`${file} has no place for the table.`);
	writeFileSync(file, text.replace(MARKERS, `$1\n${markdown}\n$2`));
	console.log('Written to docs/compatibility.md; `npm run format` aligns it.');
}
