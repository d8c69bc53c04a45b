import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import {
	checkBaseUrl,
	type Connection,
	connectionTo,
	DEFAULT_BASE_URL,
} from '../../nodes/shared/signicat/endpoints';
import { StopProbe } from './fact';

const PROBLEMS = {
	invalid: 'a URL',
	notPlain: 'a plain https:// address',
	unencrypted: 'encrypted: it has to begin with https://',
};

/** What can be in a header and in a URL without harm. */
const PLAIN_TEXT = /^[\x21-\x7e]*$/;

export interface Settings {
	connection: Connection;
	clientId: string;
	clientSecret: string;
}

/**
 * Reads where to connect to, and as whom, from the environment. What is needed and missing is asked for.
 *
 * @param stop ends the asking, and is aborted by Ctrl-C meanwhile
 * @throws StopProbe
 */
export async function readSettings(stop: AbortController): Promise<Settings> {
	const read = (name: string) => (process.env[name] ?? '').trim();
	const baseUrl = checkedBaseUrl(read('SIGNICAT_BASE_URL') || DEFAULT_BASE_URL);
	const readId = (name: string) => {
		if (PLAIN_TEXT.test(read(name))) return read(name);
		throw new StopProbe(
			`${name} holds a character that an ID cannot hold.\nCopy it again from the Signicat Dashboard.`,
		);
	};
	const accountId = readId('SIGNICAT_ACCOUNT_ID');
	const organizationId = readId('SIGNICAT_ORGANIZATION_ID');
	const clientId = read('SIGNICAT_CLIENT_ID') || (await ask('Client ID: ', stop)).trim();
	// Not trimmed: a secret can contain any character.
	const clientSecret =
		process.env.SIGNICAT_CLIENT_SECRET || (await ask('Client secret: ', stop, { isHidden: true }));
	if (!clientId || !clientSecret) {
		throw new StopProbe(
			'The client ID or the client secret is empty.\nBoth are in the Signicat Dashboard, under API clients.',
		);
	}
	return {
		connection: connectionTo(baseUrl, { accountId, organizationId }),
		clientId,
		clientSecret,
	};
}

function checkedBaseUrl(text: string): string {
	const checked = checkBaseUrl(text);
	if ('baseUrl' in checked) return checked.baseUrl;
	throw new StopProbe(
		`SIGNICAT_BASE_URL is not ${PROBLEMS[checked.problem]}.\nSet SIGNICAT_BASE_URL to ${DEFAULT_BASE_URL}, or leave it out.`,
	);
}

/** Asks on the terminal, through stderr, so that stdout contains the report alone. */
async function ask(question: string, stop: AbortController, { isHidden = false } = {}) {
	if (!process.stdin.isTTY) {
		throw new StopProbe(
			'There is no terminal to ask for the credentials on.\nSet SIGNICAT_CLIENT_ID and SIGNICAT_CLIENT_SECRET in the environment.',
		);
	}
	const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
	// As a terminal, readline itself echoes to the output, and so nowhere for a hidden text.
	const output = isHidden ? nowhere : process.stderr;
	const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
	const abort = () => stop.abort();
	lines.once('close', abort);
	try {
		const answer = lines.question(isHidden ? '' : question, { signal: stop.signal });
		// After readline has taken over the terminal, which by itself shows what is typed before.
		if (isHidden) process.stderr.write(question);
		return await answer;
	} catch {
		throw new StopProbe('Stopped.\nNothing was sent.');
	} finally {
		lines.off('close', abort).close();
		if (isHidden) process.stderr.write('\n');
	}
}
