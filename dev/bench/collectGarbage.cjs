// Preloaded into n8n: SIGUSR2 triggers a garbage collection, so that all runs start from the same state.
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
