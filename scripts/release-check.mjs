// `npm run release:check`: all steps of a release except the tests and the upload.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	checkPackage,
	fail,
	npmCommand,
	npmStep,
	prepare,
	PROJECT_DIR,
	step,
} from './lib/bootstrap.mjs';

await prepare();
requireChangelog();
await checkPackage();
await npmStep('Build', 'build');
await step('Contents of the package', ...npmCommand(['pack', '--dry-run', '--loglevel=notice']));
console.log('\nReady for release.');

/** Checks that the changelog's newest version is the one in package.json, and has a date. */
function requireChangelog() {
	const { version } = JSON.parse(read('package.json'));
	const heading = /^## \[(\d[^\]]*)\](?: - (.*))?$/m.exec(read('CHANGELOG.md'));
	if (heading?.[1] !== version) {
		fail(
			`package.json has version ${version}, but the newest version in CHANGELOG.md is ${heading?.[1] ?? 'none'}. ` +
				`Rename "## [Unreleased]" to "## [${version}] - YYYY-MM-DD", or set the version.`,
		);
	}
	if (!/^\d{4}-\d{2}-\d{2}$/.test(heading[2] ?? '')) {
		fail(`The heading of ${version} in CHANGELOG.md needs a date: "## [${version}] - YYYY-MM-DD".`);
	}
}

function read(file) {
	return readFileSync(path.join(PROJECT_DIR, file), 'utf8');
}
