import type { Where } from '../signicat/decide';
import type { Failure } from '../signicat/failure';

export interface Words {
	message: string;
	advice: string;
}

/** What each kind of failure is called in front of people, and how they get unstuck. */
const WORDS: Record<Failure['kind'], Words> = {
	rejectedClient: {
		message: 'Signicat did not accept the client ID and client secret',
		advice: 'Open the credential, enter the client ID and secret again, and test it.',
	},
	unauthorized: {
		message: 'Signicat did not accept the access token',
		advice:
			'A new token was requested and refused too. Check in the Signicat Dashboard that the API client is active and may read the audit log.',
	},
	forbidden: {
		message: 'This client may not read the audit log',
		advice: 'In the Signicat Dashboard, open the API client and add the audit log permission.',
	},
	notFound: {
		message: 'Signicat found nothing there',
		advice: 'Check the Base URL of the credential: there seems to be no Audit API at this address.',
	},
	unknownCursor: {
		message: 'No event of this account has this cursor',
		advice:
			'Check that the cursor is complete, and that the client of the credential belongs to the account that the event is from.',
	},
	expiredPage: {
		message: 'Signicat no longer accepts the address of the next page',
		advice:
			'Run it again. If it happens again, choose a shorter range, which needs fewer pages, and tell Signicat.',
	},
	invalidRequest: {
		message: 'Signicat did not understand the request',
		advice:
			'Check the filters and conditions. If Signicat does not know an operator or a field, set Apply Filters In to This Workflow.',
	},
	tooLarge: {
		message: 'The answer is too large for Signicat to send',
		advice: 'Lower Page Size, and shorten the filters and conditions if they are very long.',
	},
	rateLimited: {
		message: 'Signicat is receiving too many requests',
		advice: 'Wait a little, then run it again; a shorter range needs fewer requests.',
	},
	unavailable: {
		message: 'Signicat could not answer at the moment',
		advice: 'Try again in a few minutes. If it goes on, look at the status page of Signicat.',
	},
	unreachable: {
		message: 'Signicat could not be reached',
		advice:
			'Check the Base URL of the credential, and that n8n may connect to it (network, firewall, proxy).',
	},
	timeout: {
		message: 'Signicat did not answer in time',
		advice:
			'Try again in a few minutes. If it goes on, lower Page Size or choose a shorter range, and look at the status page of Signicat.',
	},
	unreadable: {
		message: "Signicat's answer was cut short, or is not JSON",
		advice:
			'Try again. If it happens again, something between n8n and Signicat may be answering instead: check the Base URL of the credential.',
	},
	empty: {
		message: 'Signicat sent an empty answer',
		advice:
			'Try again. If it happens again, something between n8n and Signicat may be answering instead: check the Base URL of the credential.',
	},
	redirected: {
		message: 'Signicat sent the request elsewhere',
		advice: 'The access token is sent to the Base URL of the credential only. Check that address.',
	},
	cancelled: { message: 'The execution was stopped', advice: 'Run it again to read the events.' },
	other: {
		message: 'The request to Signicat did not work',
		advice: 'Try again. If it happens again, test the credential.',
	},
};

/** What differs while n8n asks for an access token. */
const TOKEN_WORDS: Partial<Record<Failure['kind'], Words>> = {
	notFound: {
		message: 'Signicat gives no access token at this address',
		advice: 'Check the Base URL of the credential.',
	},
	timeout: {
		message: 'Signicat did not answer in time',
		advice:
			'It was asked for an access token. Try again in a few minutes. If it goes on, look at the status page of Signicat, and check that n8n may connect to it (network, firewall, proxy).',
	},
};

export function wordsFor(failure: Failure, where?: Where): Words {
	const words = WORDS[failure.kind];
	if (failure.isTokenRequest) return TOKEN_WORDS[failure.kind] ?? words;
	// Signicat says so in a problem document, a server that is not Signicat's does not.
	if (failure.kind === 'unknownCursor' && !failure.problem.code && !failure.problem.title) {
		return { ...words, advice: `${words.advice} Also check the Base URL of the credential.` };
	}
	if (failure.kind === 'timeout' && where?.pageSize === undefined) {
		return {
			...words,
			advice: 'Try again in a few minutes. If it goes on, look at the status page of Signicat.',
		};
	}
	return words;
}
