// `npm run scan`: runs n8n's own package scanner, without the registry, on the source and on the packed tarball.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { loadTypeScript, PROJECT_DIR } from './lib/bootstrap.mjs';

const MAX_BYTES = 110_000;
const ALLOWED_FILES = [
	/^dist\/(credentials|icons|nodes)\//,
	/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|index\.js)$/,
];
const REQUIRED_FILES = ['package.json', 'README.md', 'LICENSE', 'index.js'];

const { packPackage } = await loadTypeScript('dev/n8n/pack.ts');
const dir = mkdtempSync(path.join(tmpdir(), 'package-scan-'));
try {
	const packed = await packPackage(dir);
	const unpacked = unpack(packed.tarball);
	report('source', await analyzePackage(PROJECT_DIR, SOURCE_FILE_PATTERNS));
	report('tarball', await analyzePackage(unpacked, ['**/*.js', 'package.json']));
	report('contents', checkContents(packed));
} finally {
	rmSync(dir, { recursive: true, force: true });
}

function unpack(tarball) {
	const target = path.join(dir, 'unpacked');
	mkdirSync(target);
	const options = { cwd: dir, encoding: 'utf8' };
	const args = ['-xzf', path.basename(tarball), '-C', 'unpacked', '--strip-components=1'];
	const { status, stderr, error } = spawnSync('tar', args, options);
	if (status !== 0) throw new Error(`tar could not unpack ${tarball}: ${error?.message ?? stderr}`);
	return target;
}

function checkContents({ files, size }) {
	const faults = [
		...files
			.filter((file) => !ALLOWED_FILES.some((pattern) => pattern.test(file)))
			.map((file) => `${file} does not belong in the package`),
		...REQUIRED_FILES.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
		...(size < MAX_BYTES ? [] : [`${size} bytes packed, more than ${MAX_BYTES}`]),
	];
	return {
		passed: faults.length === 0,
		message: `${files.length} files, ${(size / 1000).toFixed(1)} kB packed`,
		details: faults.join('\n'),
	};
}

function report(what, { passed, message, details }) {
	console.log(`${passed ? 'passed' : 'FAILED'}  ${what}${message ? `: ${message}` : ''}`);
	if (passed) return;
	console.log(`\n${details ?? ''}\n`);
	process.exitCode = 1;
}
