// `npm run probe`: checks what docs/api.md infers about the API against a real account.
import { loadTypeScript, prepare } from './lib/bootstrap.mjs';

await prepare();
const { runProbe } = await loadTypeScript('dev/probe/run.ts');
process.exitCode = await runProbe(process.argv.slice(2));
