// `npm run test:e2e`: tests the packed package in a real n8n. Arguments are for Jest.
import { fail, jestStep, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
try {
	const { requireTools } = await loadTypeScript('dev/n8n/tools.ts');
	requireTools();
	const { ensureN8n } = await loadTypeScript('dev/n8n/install.ts');
	await ensureN8n({ onProgress: (line) => console.log(line) });
} catch (error) {
	fail(error.message);
}
await jestStep('End-to-end tests', [
	...process.argv.slice(2),
	'--runInBand',
	'--selectProjects',
	'e2e',
]);
