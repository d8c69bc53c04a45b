// `npm run soak`: runs a real n8n for a long time under changing load, with faults. See docs/performance.md.
import { endOnSignals, fail, loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
endOnSignals();
try {
	const { runSoak } = await loadTypeScript('dev/soak/run.ts');
	process.exitCode = (await runSoak(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
	fail(error.message);
}
