import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { StopProbe } from './outcome.mjs';

/** Asks on the terminal. Questions go to stderr, so that stdout holds the report alone. */
export async function ask(question) {
	return await readLine(question, process.stderr);
}

/** Asks without showing what is typed. */
export async function askSecret(question) {
	process.stderr.write(question);
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const answer = await readLine('', silent);
	process.stderr.write('\n');
	return answer;
}

function readLine(question, output) {
	if (!process.stdin.isTTY) {
		throw new StopProbe(
			'There is no terminal to ask for the credentials on',
			'Set SIGNICAT_CLIENT_ID and SIGNICAT_CLIENT_SECRET in the environment.',
		);
	}
	return new Promise((resolve, reject) => {
		// As a terminal, readline itself echoes to the output, and so nowhere for a silent one.
		const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
		const stop = () => {
			process.stderr.write('\n');
			reject(new StopProbe('Stopped', 'Nothing was sent.'));
		};
		lines.once('SIGINT', () => lines.close());
		lines.once('close', stop);
		lines.question(question, (answer) => {
			lines.off('close', stop);
			lines.close();
			resolve(answer);
		});
	});
}
