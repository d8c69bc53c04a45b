// `npm run test:unit`, `test:engine`, `test:watch` and `coverage`: only jest, without lint first.
// The first argument names the projects (`unit,engine`), the others go to jest: `npm run test:unit -- window`.
import { jestStep, prepare } from './lib/bootstrap.mjs';

const [projects, ...args] = process.argv.slice(2);
await prepare();
// Last, because --selectProjects takes every name behind it for a project.
await jestStep('Tests', [...args, '--selectProjects', ...projects.split(',')]);
