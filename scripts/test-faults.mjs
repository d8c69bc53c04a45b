// `npm run test:faults`: tests each operation with each fault of the local Audit API; arguments are for Jest.
import { jestStep, prepare } from './lib/bootstrap.mjs';

await prepare();
const args = ['--testPathPatterns', 'test/engine/faults', ...process.argv.slice(2)];
await jestStep('Faults', [...args, '--selectProjects', 'engine']);
