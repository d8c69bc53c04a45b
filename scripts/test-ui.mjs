// `npm run test:ui`: tests what n8n's editor shows of the package, in Chromium. `npm run test:ui -- lists` runs one
// file of test/e2e/ui; further arguments are for Jest.
// UI_SCREENSHOTS=folder keeps a picture of each step, in light and in dark.
import { fail, jestStep, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
try {
	const { findTool } = await loadTypeScript('dev/n8n/tools.ts');
	findTool('chromium');
	const { ensureN8n } = await loadTypeScript('dev/n8n/install.ts');
	await ensureN8n({ onProgress: (line) => console.log(line) });
} catch (error) {
	fail(error.message);
}
const args = process.argv.slice(2);
const file = args[0]?.startsWith('-') ? '' : (args.shift() ?? '');
const paths = ['--testPathPatterns', `test/e2e/ui/${file}`];
await jestStep('The editor', [...paths, '--runInBand', ...args, '--selectProjects', 'e2e']);
