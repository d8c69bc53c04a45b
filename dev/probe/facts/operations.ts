import type { AuditEvent } from '../../../nodes/shared/model/event';
import { isRecord } from '../../../nodes/shared/model/json';
import { nameOf, parseProperties, parseTargets } from '../../../nodes/shared/signicat/parse';
import { propertiesUrl } from '../../../nodes/shared/signicat/endpoints';
import type { TokenResponse } from '../client';
import { type Evidence, orNone } from '../evidence';
import { CannotTell, type Checks, couldNotTell, doesNotHold, holds, judge } from '../fact';
import {
	describe,
	isMissing,
	isRefused,
	isRejected,
	type ProbeResponse,
	readBody,
	readPage,
} from '../response';
import { shapeOf, typeOf } from '../shape';

/** Stands in for a target or service where the API named none. */
const MADE_UP = 'probe';

export const operationChecks: Checks = {
	'token-form': async (evidence) => judgeToken(await evidence.token('form'), 'a token came'),
	async 'token-basic'(evidence) {
		const encoded = await evidence.token('basic');
		if (encoded.hasToken || !evidence.tokens.basicUnencoded?.hasToken) {
			return judgeToken(encoded, 'a token came, with both form-encoded first');
		}
		return holds('a token came, but only without form-encoding them first');
	},
	async 'token-lifetime'({ tokens }) {
		const { body } = Object.values(tokens).find(({ hasToken }) => hasToken) ?? {};
		const lifetime = isRecord(body) ? Number(body.expires_in ?? NaN) : NaN;
		if (!Number.isInteger(lifetime)) return doesNotHold('expires_in is missing or no integer');
		return judge(lifetime >= 1 && lifetime <= 3600, `expires_in is ${lifetime}`);
	},
	async 'account-parameters'(evidence) {
		const first = await evidence.first();
		const sent = Object.keys(evidence.connection.query);
		if (sent.length === 0) {
			return judge(first.status === 200, `${describe(first)} without them; not asked with them`);
		}
		const without = { ...evidence.connection, query: {}, headers: {} };
		const { status } = await evidence.query(await evidence.range(), 1, { connection: without });
		const found = `${describe(first)} with ${sent.join(' and ')}, and ${status} without`;
		return judge(first.status === 200 && status === 200, found);
	},
	async 'query-path'(evidence) {
		const response = await evidence.first();
		if (response.status !== 200) return judgePath(response);
		readPage(response);
		const fields = Object.keys(readBody(response, 'the query')).sort();
		return holds(`answered 200 with { ${fields.join(', ')} }`);
	},
	'metadata-path': async (evidence) => judgePath(await evidence.metadata()),
	async 'metadata-targets'(evidence) {
		const targets = await evidence.targets();
		if (targets.length === 0) throw new CannotTell('the list of targets is empty');
		const understood = countTargets(parseTargets({ targets }));
		return judge(
			understood === countTargets(targets),
			`${understood} understood; targets: ${shapeOf([targets])}`,
		);
	},
	async 'properties-path'(evidence) {
		const { response, isMadeUp } = await properties(evidence);
		if (isMadeUp && response.status === 404) {
			return couldNotTell('answered 404, but to a target or service that is made up');
		}
		if (!isRefused(response) || !isRecord(response.body)) return judgePath(response);
		return holds(`${describe(response)}: the parameters were looked at`);
	},
	async 'properties-shape'(evidence) {
		const { response, isMadeUp } = await properties(evidence);
		const body = readBody(response, 'properties');
		const found = parseProperties(body);
		if (!found) return doesNotHold(`properties is ${typeOf(body.properties)}, not a list`);
		if (found.length === 0) {
			const why = isMadeUp ? ', for a target or service that is made up' : '';
			throw new CannotTell(`the list of properties is empty${why}`);
		}
		const isAsAssumed = found.every((one) => nameOf(one, 'property') !== undefined);
		return judge(isAsAssumed, `properties: ${shapeOf([found])}`);
	},
	async 'item-path'(evidence) {
		return judgePath(await evidence.item((await mostEncoded(evidence)).cursor));
	},
	async 'item-same-event'(evidence) {
		const listed = await mostEncoded(evidence);
		const item = readBody(await evidence.item(listed.cursor), 'the item');
		const differing = ['cursor', 'timestamp', 'eventType'].filter(
			(name) => (item[name] ?? null) !== (listed[name] ?? null),
		);
		const reserved = ['/', '+', '=', '%'].filter((one) => listed.cursor.includes(one)).join(' ');
		const kind = reserved ? `that holds ${reserved}` : 'without reserved characters';
		const found = differing.length > 0 ? `${differing.join(', ')} differ` : 'the same event came';
		return judge(differing.length === 0, `${found}, for a cursor ${kind}`);
	},
};

function judgeToken(response: TokenResponse, found: string) {
	if (response.hasToken) return holds(found);
	const verdict = isRejected(response) ? doesNotHold : couldNotTell;
	return verdict(`the token endpoint ${describe(response)}`);
}

/** Only what says that there is nothing at the path counts against it. */
function judgePath(response: ProbeResponse) {
	if (response.status === 200) {
		return judge(isRecord(response.body), 'answered 200', 'answered 200 without JSON');
	}
	return (isMissing(response) ? doesNotHold : couldNotTell)(describe(response));
}

/** What is there at each level; a list that is missing counts as one, of which nothing is understood. */
function countTargets(targets: unknown[]): string {
	const listsOf = (values: unknown[], key: string): unknown[] =>
		values.flatMap((value) => (isRecord(value) ? value[key] : undefined));
	const services = listsOf(targets, 'services');
	const eventTypes = listsOf(services, 'eventTypes');
	return `${targets.length} targets, ${services.length} services, ${eventTypes.length} event types`;
}

/** The properties of a service, one with indexed data if possible, and of a second one when it has none. */
async function properties(evidence: Evidence) {
	const targets = parseTargets({ targets: await orNone(evidence.targets()) });
	const events = await evidence.sampleOrNone();
	const indexed = events.filter(({ indexedData }) => Object.keys(indexedData ?? {}).length > 0);
	const pairs = targets.flatMap(({ name: target, services }) =>
		services.map(({ name: serviceName }) => ({ target, serviceName })),
	);
	const hasIndexed = ({ serviceName }: { serviceName: string }) =>
		indexed.some((event) => event.serviceName === serviceName);
	const seen = [...indexed, ...events].find((event) => event.serviceName)?.serviceName;
	const fallback = { target: targets[0]?.name ?? MADE_UP, serviceName: seen ?? MADE_UP };
	const [first = fallback, second = first] = [...pairs.filter(hasIndexed), ...pairs];
	let response = await evidence.client.send(propertiesUrl(evidence.connection, first));
	if (response.status === 200 && !parseProperties(readBody(response, 'properties'))?.length) {
		response = await evidence.client.send(propertiesUrl(evidence.connection, second));
	}
	return { response, isMadeUp: Object.values(first).includes(MADE_UP) };
}

/** The event whose cursor has the most to encode. */
async function mostEncoded(evidence: Evidence): Promise<AuditEvent> {
	const cost = ({ cursor }: AuditEvent) => encodeURIComponent(cursor).length - cursor.length;
	return (await evidence.sample()).reduce((best, one) => (cost(one) > cost(best) ? one : best));
}
