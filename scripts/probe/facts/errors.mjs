import { describeFailure, isRecord, isRefused } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds, judge } from '../outcome.mjs';
import { shapeOf } from '../shape.mjs';

/** A cursor that the API cannot have given out. */
const UNKNOWN_CURSOR = 'probe-unknown-cursor';

/** @type {import('../facts.mjs').Fact[]} */
export const errorFacts = [
	{
		id: 'limit-maximum',
		anchor: 'invalid-request',
		states: 'A limit over 1000 is refused with 400',
		check: async (evidence) => judgeStatus(await evidence.tooManyEvents(), 400),
	},
	{
		id: 'unknown-field',
		anchor: 'invalid-request',
		states: 'A condition with an unknown field is refused with 400',
		check: async (evidence) => judgeStatus(await evidence.unknown('field'), 400),
	},
	{
		id: 'unknown-operator',
		anchor: 'invalid-request',
		states: 'A condition with an unknown operator is refused with 400',
		check: async (evidence) => judgeStatus(await evidence.unknown('operator'), 400),
	},
	{
		id: 'invalid-params',
		anchor: 'invalid-request',
		states: 'A refusal says what is wrong in invalidParams: a list of { name, reason }',
		async check(evidence) {
			const { invalidParams } = (await refusal(evidence)).body;
			if (invalidParams === undefined) return doesNotHold('there are no invalidParams');
			const isText = (value) => typeof value === 'string';
			const isAsAssumed =
				Array.isArray(invalidParams) &&
				invalidParams.length > 0 &&
				invalidParams.every((one) => isRecord(one) && isText(one.name) && isText(one.reason));
			return judge(isAsAssumed, `invalidParams: ${shapeOf([invalidParams])}`);
		},
	},
	{
		id: 'problem',
		anchor: 'errors',
		states: 'An error has a title, a detail and a code',
		async check(evidence) {
			const { body: problem } = await refusal(evidence);
			const isAsAssumed = ['title', 'detail', 'code'].every(
				(name) => typeof problem[name] === 'string',
			);
			return judge(isAsAssumed, shapeOf([problem]));
		},
	},
	{
		id: 'trace-id',
		anchor: 'invalid-request',
		states: 'A refusal has a traceId',
		async check(evidence) {
			const isText = typeof (await refusal(evidence)).body.traceId === 'string';
			return judge(isText, isText ? 'there is one' : 'there is none');
		},
	},
	{
		id: 'problem-type',
		anchor: 'problem-type',
		states: 'An error comes as application/problem+json or as application/json',
		async check(evidence) {
			const { headers } = await refusal(evidence);
			const [type] = (headers.get('content-type') ?? '').toLowerCase().split(';');
			const isKnown = type === 'application/problem+json' || type === 'application/json';
			return judge(isKnown, isKnown ? type : 'another type, or none');
		},
	},
	{
		id: 'unknown-cursor',
		anchor: 'unknown-cursor',
		states: 'Retrieving an unknown cursor gets 404',
		check: async (evidence) => judgeStatus(await evidence.item(UNKNOWN_CURSOR), 404),
	},
	{
		id: 'rate-limit',
		anchor: 'too-many-requests',
		states: 'Too many requests give 429, perhaps with Retry-After',
		async check({ client: { rateLimits } }) {
			if (rateLimits.length === 0) return couldNotTell('not met, and not provoked');
			const forms = [...new Set(rateLimits)].join(' and ');
			return holds(`429 came ${rateLimits.length} times, with Retry-After as ${forms}`);
		},
	},
];

/** Other refusals are news; other failures say nothing. */
function judgeStatus(answer, expected) {
	const { status } = answer;
	if (status === expected) return holds(describeFailure(answer));
	const isTelling = status === 200 || isRefused(answer) || status === 404;
	return (isTelling ? doesNotHold : couldNotTell)(describeFailure(answer));
}

/** A refusal that was provoked, the one that says the most first. */
async function refusal(evidence) {
	const requests = [
		() => evidence.unknown('field'),
		() => evidence.unknown('operator'),
		() => evidence.tooManyEvents(),
	];
	for (const request of requests) {
		const answer = await request();
		if (!isRefused(answer)) continue;
		if (isRecord(answer.body)) return answer;
		throw new CannotTell(`the refusal ${describeFailure(answer)}, but not with a JSON object`);
	}
	throw new CannotTell('nothing wrong was refused');
}
