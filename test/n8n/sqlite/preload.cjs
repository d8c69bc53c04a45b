/** Preloaded into n8n (`node --require`): whoever asks for `sqlite3` gets the driver beside this file. */
const Module = require('node:module');
const path = require('node:path');

const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
	if (request === 'sqlite3') return path.join(__dirname, 'index.cjs');
	return resolve.call(this, request, ...rest);
};
