import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { StopProbe } from './outcome.mjs';

/** Asks on the terminal. Questions go to stderr, so that stdout holds the report alone. */
export async function ask(question, signal) {
	requireTerminal();
	return await readLine(question, { output: process.stderr, signal });
}

/** Asks without showing what is typed. */
export async function askSecret(question, signal) {
	requireTerminal();
	const output = new Writable({ write: (_chunk, _encoding, done) => done() });
	const answer = readLine('', { output, signal });
	// After readline has taken over the terminal, which shows by itself what is typed before.
	process.stderr.write(question);
	return await answer.finally(() => process.stderr.write('\n'));
}

function requireTerminal() {
	if (process.stdin.isTTY) return;
	throw new StopProbe(
		'There is no terminal to ask for the credentials on',
		'Set SIGNICAT_CLIENT_ID and SIGNICAT_CLIENT_SECRET in the environment.',
	);
}

async function readLine(question, { output, signal }) {
	const stopped = new StopProbe('Stopped', 'Nothing was sent.');
	if (signal.aborted) throw stopped;
	// As a terminal, readline itself echoes to the output, and so nowhere for a silent one.
	const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
	const close = () => lines.close();
	signal.addEventListener('abort', close);
	try {
		return await new Promise((resolve, reject) => {
			lines.once('SIGINT', close);
			lines.once('close', () => reject(stopped));
			lines.question(question, resolve);
		});
	} finally {
		signal.removeEventListener('abort', close);
		lines.close();
	}
}
