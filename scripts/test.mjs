// `npm test`: runs everything that needs no real n8n. Arguments are for Jest: `npm test -- window`.
import { checkPackage, jestStep, prepare } from './lib/bootstrap.mjs';

await prepare();
await checkPackage();
// --selectProjects comes last, because it takes every argument after it as a project.
await jestStep('Tests', [...process.argv.slice(2), '--selectProjects', 'unit', 'engine']);
