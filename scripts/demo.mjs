// `npm run demo` and, with --watch, `npm run dev`: need nothing but Node.js and npm.
import { fail, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
try {
	const { runDemo } = await loadTypeScript('dev/demo/index.ts');
	const has = (name) => process.argv.includes(name);
	await runDemo({ once: has('--once'), watch: has('--watch'), inspect: has('--inspect') });
} catch (error) {
	fail(error.message);
}
