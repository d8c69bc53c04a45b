// `npm run test:unit`, `test:engine`, `test:watch` and `coverage`: only Jest, without lint.
// The first argument names the projects (`unit,engine`); the others are for Jest: `npm run test:unit -- window`.
import { jestStep, prepare } from './lib/bootstrap.mjs';

const [projects, ...args] = process.argv.slice(2);
await prepare();
// --selectProjects comes last, because it takes every argument after it as a project.
await jestStep('Tests', [...args, '--selectProjects', ...projects.split(',')]);
