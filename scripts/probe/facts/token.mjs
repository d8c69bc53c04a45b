import { describeFailure } from '../answer.mjs';
import { couldNotTell, doesNotHold, holds, judge } from '../outcome.mjs';
import { isRefusedClient } from '../run.mjs';

/** @type {import('../facts.mjs').Fact[]} */
export const tokenFacts = [
	{
		id: 'token-form',
		anchor: 'authentication',
		states: 'The client ID and secret are taken in the form of the token request',
		check: async (evidence) => judgeAttempt(await evidence.token('form'), 'a token came'),
	},
	{
		id: 'token-basic',
		anchor: 'authentication',
		states: 'The client ID and secret are taken in a Basic header too',
		async check(evidence) {
			const encoded = await evidence.token('basic');
			const { basicUnencoded } = evidence.tokens;
			if (encoded.hasToken || !basicUnencoded?.hasToken) {
				return judgeAttempt(encoded, 'a token came, with both form-encoded first');
			}
			return holds('a token came, but only without form-encoding them first');
		},
	},
	{
		id: 'token-lifetime',
		anchor: 'authentication',
		states: 'A token comes with its lifetime: 1 to 3600 s',
		async check({ tokens }) {
			const { answer } = Object.values(tokens).find(({ hasToken }) => hasToken);
			const { expires_in: lifetime } = answer.body;
			if (!Number.isInteger(lifetime)) return doesNotHold('expires_in is missing or no integer');
			return judge(lifetime >= 1 && lifetime <= 3600, `expires_in is ${lifetime}`);
		},
	},
	{
		id: 'account-parameters',
		anchor: 'account-parameters',
		states: 'The Audit API needs no account parameters, and takes them where they are sent',
		async check(evidence) {
			const first = await evidence.firstAnswer();
			const sent = evidence.client.accountParameters;
			if (sent.length === 0) {
				const found = `${describeFailure(first)} without them; not asked with them`;
				return judge(first.status === 200, found);
			}
			const answer = await evidence.query(await evidence.range(), 1, { withAccount: false });
			const found = `${describeFailure(first)} with ${sent.join(' and ')}, and ${answer.status} without`;
			return judge(first.status === 200 && answer.status === 200, found);
		},
	},
];

function judgeAttempt({ answer, hasToken }, found) {
	if (hasToken) return holds(found);
	const failure = `the token endpoint ${describeFailure(answer)}`;
	return isRefusedClient(answer) ? doesNotHold(failure) : couldNotTell(failure);
}
