// `npm run demo`: works with nothing installed but Node.js and npm.
import { fail, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
try {
	const { runDemo } = await loadTypeScript('scripts/demo.ts');
	await runDemo({ once: process.argv.includes('--once') });
} catch (error) {
	fail(error.message);
}
