import { isRecord } from '../../../nodes/shared/model/json';
import { NO_PROBLEM } from '../../../nodes/shared/signicat/problem';
import type { Evidence } from '../evidence';
import { CannotTell, type Checks, couldNotTell, doesNotHold, holds, judge } from '../fact';
import { describe, isRefused, type ProbeResponse } from '../response';
import { shapeOf } from '../shape';

export const errorChecks: Checks = {
	'limit-maximum': async (evidence) => judgeStatus(await evidence.tooManyEvents(), 400),
	'unknown-field': async (evidence) => judgeStatus(await evidence.unknown('field'), 400),
	'unknown-operator': async (evidence) => judgeStatus(await evidence.unknown('operator'), 400),
	async 'invalid-params'(evidence) {
		const { body, problem } = await refusal(evidence);
		if (body.invalidParams === undefined) return doesNotHold('there are no invalidParams');
		const { invalidParams: read } = problem;
		const isAsAssumed = read.length > 0 && read.every(({ name, reason }) => name && reason);
		return judge(isAsAssumed, `invalidParams: ${shapeOf([body.invalidParams])}`);
	},
	async problem(evidence) {
		const { body } = await refusal(evidence);
		const isText = (name: string) => typeof body[name] === 'string';
		return judge(['title', 'detail', 'code'].every(isText), shapeOf([body]));
	},
	async 'trace-id'(evidence) {
		const { problem } = await refusal(evidence);
		return judge(problem.traceId !== undefined, 'there is one', 'there is none');
	},
	async 'problem-type'(evidence) {
		const { headers } = await refusal(evidence);
		const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
		return judge(/^application\/(problem\+)?json$/.test(type), type, 'another type, or none');
	},
	'unknown-cursor': async (evidence) =>
		judgeStatus(await evidence.item('probe-unknown-cursor'), 404),
	async 'rate-limit'({ client: { rateLimits } }) {
		if (rateLimits.length === 0) return couldNotTell('not met, and not provoked');
		const forms = rateLimits.map(({ headers, failure }) => {
			if (/^\s*\d+\s*$/.test(headers['retry-after'] ?? '')) return 'seconds';
			return failure?.retryAfterMs === undefined ? 'nothing' : 'a date';
		});
		const found = `with Retry-After as ${[...new Set(forms)].join(' and ')}`;
		return holds(`429 came ${rateLimits.length} times, ${found}`);
	},
};

/** Other refusals are news; other failures say nothing. */
function judgeStatus(response: ProbeResponse, expected: number) {
	const { status } = response;
	if (status === expected) return holds(describe(response));
	const isTelling = status === 200 || isRefused(response) || status === 404;
	return (isTelling ? doesNotHold : couldNotTell)(describe(response));
}

/** A refusal that was provoked, the one that says the most first: as it came, and as the nodes read it. */
async function refusal(evidence: Evidence) {
	const field = await evidence.unknown('field');
	const operator = await evidence.unknown('operator');
	const refused = [field, operator, await evidence.tooManyEvents()].find(isRefused);
	if (!refused) throw new CannotTell('nothing wrong was refused');
	const { body, headers, failure } = refused;
	if (isRecord(body)) return { body, headers, problem: failure?.problem ?? NO_PROBLEM };
	throw new CannotTell(`the refusal ${describe(refused)}, but not with a JSON object`);
}
