import { parseArgs } from 'node:util';
import { isRecord } from '../../nodes/shared/signicat/parse';
import { bugs, name, version } from '../../package.json';
import { ProbeClient } from './client';
import { Evidence } from './evidence';
import { NoResponse, StopProbe } from './fact';
import { checkFacts } from './facts';
import { toJson, toText } from './report';
import { describe, isBusy, isRefused } from './response';
import { readSettings } from './settings';

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

const CHECK_BASE_URL = 'Check SIGNICAT_BASE_URL, and that this machine can reach it.';
const CHECK_ALL = 'Check SIGNICAT_BASE_URL first, then the client ID and the secret.';
const LATER = 'Run the probe again in a few minutes.';
const PERMISSION =
	'the permission on audit logs in the Signicat Dashboard, under API clients > Permissions.';

/** Never rejects: what goes wrong is written to stderr. @returns the exit code */
export async function runProbe(args: string[]): Promise<number> {
	try {
		return await run(args);
	} catch (error) {
		process.stderr.write(explain(error));
		return EXIT.couldNotRun;
	}
}

async function run(args: string[]): Promise<number> {
	const options = readOptions(args);
	if (options.help) {
		process.stdout.write(USAGE);
		return EXIT.checked;
	}
	const stop = new AbortController();
	process.once('SIGINT', () => stop.abort());
	process.once('SIGTERM', () => stop.abort());

	const client = new ProbeClient(await readSettings(stop), stop.signal);
	const { origin: baseOrigin } = new URL(client.settings.connection.baseUrl);
	if (!options.json) {
		process.stderr.write(`Asking ${baseOrigin}, one request after the other …\n`);
	}
	const evidence = new Evidence(client);
	await openSession(evidence, baseOrigin);
	const facts = await checkFacts(evidence);

	const report = {
		tool: { name, version },
		node: process.version,
		baseOrigin,
		requests: client.requestCount,
		// Not empty where it could not be read.
		isLogEmpty: await evidence.log().then(
			({ isEmpty }) => isEmpty,
			() => false,
		),
		facts,
	};
	process.stdout.write(options.json ? toJson(report) : toText(report, bugs.url));
	const differs = facts.some(({ verdict }) => verdict === 'does not hold');
	return differs ? EXIT.differs : EXIT.checked;
}

function readOptions(args: string[]) {
	const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
	try {
		return parseArgs({ args, options }).values;
	} catch {
		throw new StopProbe('There is no such option', 'npm run probe -- --help lists them.');
	}
}

/** Not the message of an unexpected error: Node's own can quote a header, and so the token. */
function explain(error: unknown): string {
	if (error instanceof StopProbe) return `${error.message}.\n${error.advice}\n`;
	const { name = 'fault', stack } = error instanceof Error ? error : {};
	const frame = /[\w-]+\.ts:\d+/.exec(String(stack))?.[0] ?? 'an unknown place';
	return `The probe itself failed, with a ${name} at ${frame}. Please report this.\n`;
}

/**
 * Gets a token and a first response, without which nothing can be checked.
 *
 * @throws StopProbe that says what is missing
 */
async function openSession(evidence: Evidence, origin: string): Promise<void> {
	try {
		await openToken(evidence);
		await openQuery(evidence, origin);
	} catch (error) {
		if (!(error instanceof NoResponse)) throw error;
		const message = `${origin} cannot be reached: ${error.message}`;
		throw new StopProbe(message, CHECK_BASE_URL);
	}
}

/** The form comes last, so that its token is the one that is used where both ways work. */
async function openToken(evidence: Evidence): Promise<void> {
	const basic = await evidence.token('basic');
	if (basic.failure?.kind === 'rejectedClient') await evidence.token('basicUnencoded');
	const response = await evidence.token('form');
	if (Object.values(evidence.tokens).some(({ hasToken }) => hasToken)) return;
	// OAuth's own refusal has an error; anything else may not be Signicat's token endpoint.
	const isOAuth = isRecord(response.body) && 'error' in response.body;
	if (response.failure?.kind === 'rejectedClient' && isOAuth) {
		throw new StopProbe(
			`Signicat did not accept the client ID and secret: the token endpoint ${describe(response)}`,
			'Check both, and that the API client is active, in the Signicat Dashboard under API clients.',
		);
	}
	throw new StopProbe(
		`No token came: the token endpoint ${describe(response)}`,
		isBusy(response) ? LATER : CHECK_ALL,
	);
}

async function openQuery(evidence: Evidence, origin: string): Promise<void> {
	const response = await evidence.first();
	const { status, body, failure } = response;
	if (failure?.kind === 'unauthorized') {
		throw new StopProbe(
			'Signicat does not accept the token that it has just given out (401)',
			`A missing permission can be the cause: give the API client ${PERMISSION}`,
		);
	}
	if (failure?.kind === 'forbidden') {
		throw new StopProbe(
			'The client ID and secret are right, but the client lacks permission to read the audit log (403)',
			`Give the API client ${PERMISSION} If it has one, the log may belong to another account or organization: see SIGNICAT_ACCOUNT_ID and SIGNICAT_ORGANIZATION_ID.`,
		);
	}
	if (isBusy(response)) throw new StopProbe(`The query ${describe(response)}`, LATER);
	// A refusal is the API's own; any other response may come from something else.
	if (isRecord(body) && (status === 200 || isRefused(response))) return;
	const metadata = await evidence.metadata();
	if (metadata.status === 200 && isRecord(metadata.body)) return;
	throw new StopProbe(
		`No Audit API answers at ${origin}: the query ${describe(response)}${status === 200 ? ', but not with JSON' : ''}`,
		CHECK_BASE_URL,
	);
}
