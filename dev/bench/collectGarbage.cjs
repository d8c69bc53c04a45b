// Preloaded into n8n: SIGUSR2 triggers a garbage collection, so that all runs start from the same state, and writes what
// is still in use after it, in bytes, to the file `retained` in n8n's folder.
const { renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
	collect();
	const { heapUsed, external } = process.memoryUsage();
	const file = path.join(process.env.N8N_USER_FOLDER, 'retained');
	// Renamed, so that nobody reads half of it.
	writeFileSync(`${file}.tmp`, String(heapUsed + external));
	renameSync(`${file}.tmp`, file);
});
