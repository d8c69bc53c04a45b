// `npm run bench`: measures how fast the nodes read, in a real n8n. See docs/performance.md.
import { endOnSignals, fail, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
endOnSignals();
try {
	const { runBench } = await loadTypeScript('dev/bench/run.ts');
	const areTargetsMet = await runBench(process.argv.slice(2));
	process.exitCode = areTargetsMet ? 0 : 1;
} catch (error) {
	fail(error.message);
}
