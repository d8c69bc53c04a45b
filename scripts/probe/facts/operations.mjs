import { describeFailure, isRecord, isRefused, readBody, readPage } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds, judge } from '../outcome.mjs';
import { nameOf } from '../properties.mjs';
import { shapeOf, typeOf } from '../shape.mjs';

/** @type {import('../facts.mjs').Fact[]} */
export const operationFacts = [
	{
		id: 'query-path',
		anchor: 'query-path',
		states: 'Query is POST /audit/query',
		async check(evidence) {
			const answer = await evidence.firstAnswer();
			if (answer.status !== 200) return judgePath(answer);
			readPage(answer);
			return holds(`answered 200 with { ${Object.keys(answer.body).sort().join(', ')} }`);
		},
	},
	{
		id: 'metadata-path',
		anchor: 'operations',
		states: 'Fetch metadata is GET /audit/query/metadata',
		check: async (evidence) => judgePath(await evidence.metadataAnswer()),
	},
	{
		id: 'metadata-targets',
		anchor: 'metadata-targets',
		states: 'A target is an object with a name and services, these with a name and event types',
		async check(evidence) {
			const targets = await evidence.targets();
			if (targets.length === 0) throw new CannotTell('the list of targets is empty');
			const isAsAssumed = targets.every((one) => nameOf(one, 'target') && hasServices(one));
			return judge(
				isAsAssumed,
				`${countTargets(targets)} understood; targets: ${shapeOf([targets])}`,
			);
		},
	},
	{
		id: 'properties-path',
		anchor: 'properties-path',
		states: 'Fetch properties for event is GET /audit/query/properties',
		async check(evidence) {
			const { answer, isMadeUp } = await evidence.properties();
			if (isMadeUp && answer.status === 404) {
				return couldNotTell('answered 404, but to a target or service that is made up');
			}
			return isRefused(answer) && isRecord(answer.body)
				? holds(`${describeFailure(answer)}: the parameters were looked at`)
				: judgePath(answer);
		},
	},
	{
		id: 'properties-shape',
		anchor: 'properties-shape',
		states: 'A property is a name, or an object with a name',
		async check(evidence) {
			const { answer, isMadeUp } = await evidence.properties();
			const { properties } = readBody(answer, 'properties');
			if (!Array.isArray(properties)) {
				return doesNotHold(`properties is ${typeOf(properties)}, not a list`);
			}
			if (properties.length === 0) {
				const why = isMadeUp ? ', for a target or service that is made up' : '';
				throw new CannotTell(`the list of properties is empty${why}`);
			}
			const isAsAssumed = properties.every((one) => nameOf(one, 'property') !== undefined);
			return judge(isAsAssumed, `properties: ${shapeOf([properties])}`);
		},
	},
	{
		id: 'item-path',
		anchor: 'operations',
		states: 'Retrieve audit log item is GET /audit/query/cursor/{cursor}',
		async check(evidence) {
			const { cursor } = awkwardest(await evidence.sample());
			return judgePath(await evidence.item(cursor));
		},
	},
	{
		id: 'item-same-event',
		anchor: 'cursor-opaque',
		states: 'A percent-encoded cursor gives the event that was listed with it',
		async check(evidence) {
			const listed = awkwardest(await evidence.sample());
			const item = readBody(await evidence.item(listed.cursor), 'the item');
			const differing = ['cursor', 'timestamp', 'eventType'].filter(
				(name) => (item[name] ?? null) !== (listed[name] ?? null),
			);
			const reserved = reservedCharacters(listed.cursor);
			const kind = reserved
				? `a cursor that holds ${reserved}`
				: 'a cursor without reserved characters';
			return judge(
				differing.length === 0,
				differing.length === 0
					? `the same event came, for ${kind}`
					: `${differing.join(', ')} differ, for ${kind}`,
			);
		},
	},
];

/** Only what says that there is nothing at the path counts against it. */
function judgePath(answer) {
	if (answer.status === 200) {
		return isRecord(answer.body) ? holds('answered 200') : doesNotHold('answered 200 without JSON');
	}
	const isMissing = answer.status === 404 || answer.status === 405;
	return (isMissing ? doesNotHold : couldNotTell)(describeFailure(answer));
}

function hasServices(target) {
	if (!isRecord(target) || !Array.isArray(target.services)) return false;
	return target.services.every((service) => {
		if (!isRecord(service) || nameOf(service, 'serviceName') === undefined) return false;
		const { eventTypes } = service;
		return Array.isArray(eventTypes) && eventTypes.every((one) => nameOf(one, 'eventType'));
	});
}

/** What the drop-downs of the nodes can make of it. */
function countTargets(targets) {
	const listOf = (key) => (one) => (isRecord(one) && Array.isArray(one[key]) ? one[key] : []);
	const named = (word) => (one) => nameOf(one, word) !== undefined;
	const known = targets.filter(named('target'));
	const services = known.flatMap(listOf('services')).filter(named('serviceName'));
	const eventTypes = services.flatMap(listOf('eventTypes')).filter(named('eventType'));
	return `${known.length} targets, ${services.length} services, ${eventTypes.length} event types`;
}

/** The event whose cursor has the most to encode. */
function awkwardest(events) {
	const cost = ({ cursor }) => encodeURIComponent(cursor).length - cursor.length;
	return events.reduce((best, one) => (cost(one) > cost(best) ? one : best));
}

function reservedCharacters(cursor) {
	return ['/', '+', '=', '%'].filter((character) => cursor.includes(character)).join(' ');
}
