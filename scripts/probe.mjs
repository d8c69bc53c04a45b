/**
 * Checks what this package assumes about the Signicat Audit API against the API itself.
 * Needs nothing but Node: no installed dependencies, no build.
 *
 *   npm run probe               a report to read
 *   npm run probe -- --json     one JSON document for a bug report
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ProbeClient } from './probe/client.mjs';
import { Evidence } from './probe/evidence.mjs';
import { FACTS } from './probe/facts.mjs';
import { StopProbe, VERDICTS } from './probe/outcome.mjs';
import { toJson, toText } from './probe/report.mjs';
import { checkFacts, openSession } from './probe/run.mjs';
import { readSettings } from './probe/settings.mjs';

const USAGE = `Checks what this package assumes about the Signicat Audit API against the API itself.

  npm run probe [-- --json] [-- --help]

  --json    print one JSON document, for a bug report
  --help    print this text

Use the API client of a sandbox account. Its credentials come from the environment:

  SIGNICAT_CLIENT_ID         asked for when missing
  SIGNICAT_CLIENT_SECRET     asked for when missing, and not shown while you type
  SIGNICAT_BASE_URL          https://api.signicat.com when missing
  SIGNICAT_ACCOUNT_ID        only if Signicat asks for it
  SIGNICAT_ORGANIZATION_ID   only to read the log of one organization

The probe only reads: some 50 requests, one after the other. It stores nothing. It prints shapes, counts
and field names, and neither secrets nor the content of events.

Exit codes: 0 everything was checked, 1 the probe could not run, 2 something is not as assumed.
`;

const EXIT = { checked: 0, couldNotRun: 1, differs: 2 };

/** @returns {Promise<number>} the exit code */
async function main() {
	const options = readOptions();
	if (options.help) {
		process.stdout.write(USAGE);
		return EXIT.checked;
	}
	const stop = new AbortController();
	process.once('SIGINT', () => stop.abort());
	process.once('SIGTERM', () => stop.abort());

	const { name, version, bugs } = await readPackage();
	const settings = await readSettings(process.env, stop.signal);
	const userAgent = `${name}/${version} probe`;
	const client = new ProbeClient({ settings, userAgent, signal: stop.signal });
	if (!options.json) {
		process.stderr.write(`Asking ${client.origin}, one request after the other …\n`);
	}
	const evidence = new Evidence(client);
	await openSession(evidence);
	const facts = await checkFacts(FACTS, evidence);

	const report = {
		tool: { name, version },
		node: process.version,
		baseOrigin: client.origin,
		requests: client.requestCount,
		isLogEmpty: await evidence.isLogEmpty(),
		facts,
	};
	process.stdout.write(options.json ? toJson(report) : toText(report, bugs.url));
	const differs = facts.some(({ verdict }) => verdict === VERDICTS.doesNotHold);
	return differs ? EXIT.differs : EXIT.checked;
}

function readOptions() {
	const known = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
	try {
		return parseArgs({ options: known }).values;
	} catch {
		throw new StopProbe('There is no such option', 'npm run probe -- --help lists them.');
	}
}

async function readPackage() {
	return JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
}

/** Not the message of an unexpected error: Node's own can quote a header, and so the token. */
function explain(error) {
	if (error instanceof StopProbe) return `${error.message}.\n${error.advice}\n`;
	const frame = /[\w-]+\.mjs:\d+/.exec(String(error?.stack))?.[0] ?? 'an unknown place';
	return `The probe itself failed, with a ${error?.name ?? 'fault'} at ${frame}. Please report this.\n`;
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error) => {
		process.stderr.write(explain(error));
		process.exitCode = EXIT.couldNotRun;
	},
);
