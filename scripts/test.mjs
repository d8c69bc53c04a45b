// `npm test`: everything that needs no n8n. Arguments go to jest: `npm test -- window`.
import { jestStep, npmStep, prepare } from './lib/bootstrap.mjs';

await prepare();
await npmStep('Lint', 'lint');
await npmStep('Types', 'typecheck');
await npmStep("n8n's package scan", 'scan');
// Last, because --selectProjects takes every name behind it for a project.
await jestStep('Tests', [...process.argv.slice(2), '--selectProjects', 'unit', 'engine']);
