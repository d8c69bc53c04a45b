import type { Where } from '../signicat/decide';
import type { Failure } from '../signicat/failure';

export interface FailureMessage {
	message: string;
	advice: string;
}

/** What happened, in the user's terms, and how to get unstuck, for each kind of failure. */
const MESSAGES: Record<Failure['kind'], FailureMessage> = {
	rejectedClient: {
		message: 'Signicat did not accept the client ID and client secret',
		advice: 'Open the credential, enter the client ID and secret again, and test it.',
	},
	unauthorized: {
		message: 'Signicat did not accept the access token',
		advice:
			'A new token was requested and rejected, too. In the Signicat Dashboard, check that the API client is active and has permission to read the audit log.',
	},
	forbidden: {
		message: 'The API client lacks permission to read the audit log',
		advice: 'In the Signicat Dashboard, open the API client and add the audit log permission.',
	},
	notFound: {
		message: 'Signicat could not find the requested resource',
		advice:
			"Check the 'Base URL' of the credential: there seems to be no Audit API at this address.",
	},
	unknownCursor: {
		message: 'No event with this cursor exists in this account',
		advice:
			'Check that the cursor is complete, and that the API client in the credential belongs to the account of the event.',
	},
	expiredPage: {
		message: 'Signicat no longer accepts the link to the next page',
		advice:
			'Run the workflow again. If it happens again, choose a shorter range, which needs fewer pages, and contact Signicat support.',
	},
	invalidRequest: {
		message: 'Signicat rejected the request as invalid',
		advice:
			"Check the filters and conditions. If Signicat doesn't support an operator or field, set 'Apply Filters In' to 'This Workflow'.",
	},
	tooLarge: {
		message: 'The response is too large for Signicat to return',
		advice: "Lower 'Page Size', and shorten the filters and conditions if they are very long.",
	},
	rateLimited: {
		message: 'Signicat is receiving too many requests',
		advice: 'Wait a moment, then run the workflow again. A shorter range needs fewer requests.',
	},
	unavailable: {
		message: 'Signicat is temporarily unavailable',
		advice: 'Try again in a few minutes. If the problem persists, check the Signicat status page.',
	},
	unreachable: {
		message: 'Could not connect to Signicat',
		advice:
			"Check the 'Base URL' of the credential, and that n8n is allowed to connect to it (network, firewall, proxy).",
	},
	timeout: {
		message: 'Signicat did not respond in time',
		advice:
			"Try again in a few minutes. If the problem persists, lower 'Page Size' or choose a shorter range, and check the Signicat status page.",
	},
	unreadable: {
		message: 'Signicat returned a truncated or non-JSON response',
		advice:
			"Try again. If it happens again, something between n8n and Signicat, such as a proxy, may be responding instead: check the 'Base URL' of the credential.",
	},
	empty: {
		message: 'Signicat returned an empty response',
		advice:
			"Try again. If it happens again, something between n8n and Signicat, such as a proxy, may be responding instead: check the 'Base URL' of the credential.",
	},
	redirected: {
		message: 'Signicat responded with a redirect',
		advice: "The access token is only sent to the 'Base URL' of the credential. Check that URL.",
	},
	cancelled: {
		message: 'The execution was stopped',
		advice: 'Run the workflow again to read the events.',
	},
	other: {
		message: 'The request to Signicat could not be completed',
		advice: 'Try again. If it happens again, test the credential.',
	},
};

/** What differs while n8n asks for an access token. */
const TOKEN_MESSAGES: Partial<Record<Failure['kind'], FailureMessage>> = {
	notFound: {
		message: 'There is no Signicat token endpoint at this address',
		advice: "Check the 'Base URL' of the credential.",
	},
	timeout: {
		message: 'Signicat did not respond in time',
		advice:
			'The request for an access token timed out. Try again in a few minutes. If the problem persists, check the Signicat status page, and check that n8n is allowed to connect to Signicat (network, firewall, proxy).',
	},
};

export function messageFor(failure: Failure, where?: Where): FailureMessage {
	const found = MESSAGES[failure.kind];
	if (failure.isTokenRequest) return TOKEN_MESSAGES[failure.kind] ?? found;
	// Signicat says so in a problem document, a server that is not Signicat's does not.
	if (failure.kind === 'unknownCursor' && !failure.problem.code && !failure.problem.title) {
		return { ...found, advice: `${found.advice} Also check the 'Base URL' of the credential.` };
	}
	if (failure.kind === 'timeout' && where?.pageSize === undefined) {
		return {
			...found,
			advice:
				'Try again in a few minutes. If the problem persists, check the Signicat status page.',
		};
	}
	return found;
}
