import { describeFailure, isRecord, isRefused } from './answer.mjs';
import { CannotTell, couldNotTell, NoAnswer, StopProbe } from './outcome.mjs';

const CHECK_BASE_URL = 'Check SIGNICAT_BASE_URL, and that this machine can reach it.';
const CHECK_ALL = 'Check SIGNICAT_BASE_URL first, then the client ID and the secret.';
const LATER = 'Run the probe again in a few minutes.';

/**
 * Gets a token and a first answer, without which nothing can be checked.
 *
 * @throws StopProbe that says what is missing
 */
export async function openSession(evidence) {
	const { origin } = evidence.client;
	try {
		await openToken(evidence);
		await openQuery(evidence);
	} catch (error) {
		if (!(error instanceof NoAnswer)) throw error;
		throw new StopProbe(`${origin} cannot be reached: ${error.message}`, CHECK_BASE_URL);
	}
}

/** The form comes last, so that its token is the one that is used where both ways work. */
async function openToken(evidence) {
	const basic = await evidence.token('basic');
	if (isRefusedClient(basic.answer)) await evidence.token('basicUnencoded');
	const { answer } = await evidence.token('form');
	if (Object.values(evidence.tokens).some(({ hasToken }) => hasToken)) return;
	// OAuth's own refusal has an error; anything else may not be Signicat's token endpoint.
	if (isRefusedClient(answer) && isRecord(answer.body) && 'error' in answer.body) {
		throw new StopProbe(
			`Signicat did not accept the client ID and secret: the token endpoint ${describeFailure(answer)}`,
			'Check both, and that the API client is active, in the Signicat Dashboard under API clients.',
		);
	}
	throw new StopProbe(
		`No token came: the token endpoint ${describeFailure(answer)}`,
		answer.status === 429 || answer.status >= 500 ? LATER : CHECK_ALL,
	);
}

export function isRefusedClient({ status }) {
	return status === 400 || status === 401 || status === 403;
}

async function openQuery(evidence) {
	const answer = await evidence.firstAnswer();
	const { status } = answer;
	if (status === 401) {
		throw new StopProbe(
			'Signicat does not accept the token that it has just given out (401)',
			'A missing permission can be the cause: give the API client the permission on audit logs in the Signicat Dashboard, under API clients > Permissions.',
		);
	}
	if (status === 403) {
		throw new StopProbe(
			'The client ID and secret are right, but the client may not read the audit log (403)',
			'Give the API client the permission on audit logs in the Signicat Dashboard, under API clients > Permissions. If it has one, the log may belong to another account or organization: see SIGNICAT_ACCOUNT_ID and SIGNICAT_ORGANIZATION_ID.',
		);
	}
	if (status === 429 || status >= 500) {
		throw new StopProbe(`The query ${describeFailure(answer)}`, LATER);
	}
	// A refusal with 400 is the API's own; any other answer may come from something else.
	if (isRecord(answer.body) && (status === 200 || isRefused(answer))) return;
	const metadata = await evidence.metadataAnswer();
	if (metadata.status === 200 && isRecord(metadata.body)) return;
	throw new StopProbe(
		`No Audit API answers at ${evidence.client.origin}: the query ${describeFailure(answer)}${status === 200 ? ', but not with JSON' : ''}`,
		CHECK_BASE_URL,
	);
}

/**
 * Checks one fact after the other. What cannot be seen of one does not keep the others from being checked.
 *
 * @returns {Promise<Array<{ id: string, anchor: string, group: string, states: string, verdict: string, found: string }>>}
 */
export async function checkFacts(facts, evidence) {
	const checked = [];
	for (const { check, ...fact } of facts) {
		checked.push({ ...fact, ...(await outcomeOf(check, evidence)) });
	}
	return checked;
}

async function outcomeOf(check, evidence) {
	try {
		return await check(evidence);
	} catch (error) {
		if (error instanceof CannotTell) return couldNotTell(error.message);
		throw error;
	}
}
