// `node scripts/release-notes.mjs 1.2.3`: prints what CHANGELOG.md says about a version, for its release on GitHub.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fail, loadTypeScript, prepare, PROJECT_DIR } from './lib/bootstrap.mjs';

const [version = ''] = process.argv.slice(2);
await prepare();
const { releaseNotes } = await loadTypeScript('dev/release/changelog.ts');
const { repository } = JSON.parse(read('package.json'));
const address = repository.url.replace(/^git\+|\.git$/g, '');
try {
	console.log(releaseNotes(read('CHANGELOG.md'), version, address));
} catch (error) {
	fail(error.message);
}

function read(file) {
	return readFileSync(path.join(PROJECT_DIR, file), 'utf8');
}
