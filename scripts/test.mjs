// `npm test`: everything that needs no n8n. Arguments go to jest: `npm test -- window`.
import { jestStep, npmStep, prepare } from './lib/bootstrap.mjs';

await prepare();
await npmStep('Lint', 'lint');
await npmStep('Types', 'typecheck');
await npmStep("n8n's package scan", 'scan');
await jestStep('Tests', ['--selectProjects', 'unit', 'engine', ...process.argv.slice(2)]);
