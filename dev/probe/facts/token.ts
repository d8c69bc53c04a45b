import type { TokenAttempt } from '../client';
import { type Checks, couldNotTell, doesNotHold, holds, judge } from '../fact';
import { describe } from '../response';

export const tokenChecks: Checks = {
	async 'token-form'(evidence) {
		return judgeAttempt(await evidence.token('form'), 'a token came');
	},

	async 'token-basic'(evidence) {
		const encoded = await evidence.token('basic');
		if (encoded.hasToken || !evidence.tokens.basicUnencoded?.hasToken) {
			return judgeAttempt(encoded, 'a token came, with both form-encoded first');
		}
		return holds('a token came, but only without form-encoding them first');
	},

	async 'token-lifetime'({ tokens }) {
		const attempt = Object.values(tokens).find(({ hasToken }) => hasToken);
		const { expires_in: lifetime } = Object(attempt?.response.body) as { expires_in?: unknown };
		if (!Number.isInteger(lifetime)) return doesNotHold('expires_in is missing or no integer');
		return judge(Number(lifetime) >= 1 && Number(lifetime) <= 3600, `expires_in is ${lifetime}`);
	},

	async 'account-parameters'(evidence) {
		const first = await evidence.first();
		const sent = Object.keys(evidence.connection.query);
		if (sent.length === 0) {
			return judge(first.status === 200, `${describe(first)} without them; not asked with them`);
		}
		const without = { ...evidence.connection, query: {}, headers: {} };
		const { status } = await evidence.query(await evidence.range(), 1, without);
		const found = `${describe(first)} with ${sent.join(' and ')}, and ${status} without`;
		return judge(first.status === 200 && status === 200, found);
	},
};

function judgeAttempt({ response, hasToken }: TokenAttempt, found: string) {
	if (hasToken) return holds(found);
	const isRejected = response.failure?.kind === 'rejectedClient';
	return (isRejected ? doesNotHold : couldNotTell)(`the token endpoint ${describe(response)}`);
}
