import { isRecord } from '../../nodes/shared/model/json';
import { bugs, name, version } from '../../package.json';
import { ProbeClient } from './client';
import { Evidence, isEmpty } from './evidence';
import { NoResponse, StopProbe } from './fact';
import { checkFacts } from './facts';
import { toJson, toText } from './report';
import { describe, isBusy, isRefused, isRejected } from './response';
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
	if (args.some((arg) => !['--json', '--help', '-h'].includes(arg))) {
		throw new StopProbe('There is no such option.\nnpm run probe -- --help lists them.');
	}
	if (args.includes('--help') || args.includes('-h')) {
		process.stdout.write(USAGE);
		return EXIT.checked;
	}
	const isJson = args.includes('--json');
	const stop = new AbortController();
	process.once('SIGINT', () => stop.abort());
	process.once('SIGTERM', () => stop.abort());

	const client = new ProbeClient(await readSettings(stop), stop.signal);
	const { origin: baseOrigin } = new URL(client.settings.connection.baseUrl);
	if (!isJson) process.stderr.write(`Asking ${baseOrigin}, one request after the other …\n`);
	const evidence = new Evidence(client);
	await openSession(evidence, baseOrigin);
	const facts = await checkFacts(evidence);

	const report = {
		tool: { name, version },
		node: process.version,
		baseOrigin,
		requests: client.requestCount,
		// False also where it could not be read.
		isLogEmpty: await evidence.log().then(isEmpty, () => false),
		facts,
	};
	process.stdout.write(isJson ? toJson(report) : toText(report, bugs.url));
	const differs = facts.some(({ verdict }) => verdict === 'does not hold');
	return differs ? EXIT.differs : EXIT.checked;
}

/** Not the message of an unexpected error: Node's own can quote a header, and so the token. */
function explain(error: unknown): string {
	if (error instanceof StopProbe) return `${error.message}\n`;
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
		throw new StopProbe(`${origin} cannot be reached: ${error.message}.\n${CHECK_BASE_URL}`);
	}
}

/** The form comes last, so that its token is the one that is used where both ways work. */
async function openToken(evidence: Evidence): Promise<void> {
	const basic = await evidence.token('basic');
	if (isRejected(basic)) await evidence.token('basicUnencoded');
	const form = await evidence.token('form');
	if (Object.values(evidence.tokens).some(({ hasToken }) => hasToken)) return;
	// OAuth's own refusal has an error; anything else may not be Signicat's token endpoint.
	const isOAuth = isRecord(form.body) && 'error' in form.body;
	if (isRejected(form) && isOAuth) {
		throw new StopProbe(
			`Signicat did not accept the client ID and secret: the token endpoint ${describe(form)}.\nCheck both, and that the API client is active, in the Signicat Dashboard under API clients.`,
		);
	}
	const advice = isBusy(form) ? LATER : CHECK_ALL;
	throw new StopProbe(`No token came: the token endpoint ${describe(form)}.\n${advice}`);
}

async function openQuery(evidence: Evidence, origin: string): Promise<void> {
	const response = await evidence.first();
	const { status, body, failure } = response;
	if (failure?.kind === 'unauthorized') {
		throw new StopProbe(
			`Signicat does not accept the token that it has just given out (401).\nA missing permission can be the cause: give the API client ${PERMISSION}`,
		);
	}
	if (failure?.kind === 'forbidden') {
		throw new StopProbe(
			`The client ID and secret are right, but the client lacks permission to read the audit log (403).\nGive the API client ${PERMISSION} If it has one, the log may belong to another account or organization: see SIGNICAT_ACCOUNT_ID and SIGNICAT_ORGANIZATION_ID.`,
		);
	}
	if (isBusy(response)) throw new StopProbe(`The query ${describe(response)}.\n${LATER}`);
	// A refusal is the API's own; any other response may come from something else.
	if (isRecord(body) && (status === 200 || isRefused(response))) return;
	const metadata = await evidence.metadata();
	if (metadata.status === 200 && isRecord(metadata.body)) return;
	const found = `${describe(response)}${status === 200 ? ', but not with JSON' : ''}`;
	throw new StopProbe(`No Audit API answers at ${origin}: the query ${found}.\n${CHECK_BASE_URL}`);
}
