/** Preloaded into n8n (`node --require`): resolves `sqlite3` to the driver in this folder. */
const Module = require('node:module');
const path = require('node:path');

const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
	if (request === 'sqlite3') return path.join(__dirname, 'index.cjs');
	return resolve.call(this, request, ...rest);
};
