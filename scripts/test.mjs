// `npm test`: everything that needs no n8n. Arguments go to jest: `npm test -- window`.
import { checkPackage, jestStep, prepare } from './lib/bootstrap.mjs';

await prepare();
await checkPackage();
// Last, because --selectProjects takes every name behind it for a project.
await jestStep('Tests', [...process.argv.slice(2), '--selectProjects', 'unit', 'engine']);
