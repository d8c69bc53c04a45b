import { isRecord, readBody } from './answer.mjs';
import { CannotTell } from './outcome.mjs';

/** Stands in for a target or service where the API named none. */
const MADE_UP = 'probe';
const MOST_ATTEMPTS = 2;

/** A name that stands alone, or in an object under `name` or under its own word. */
export function nameOf(value, word) {
	const name = isRecord(value) ? (value[word] ?? value.name) : value;
	return typeof name === 'string' && name !== '' ? name : undefined;
}

/**
 * Asks for the properties of a service, and of a second one when the first has none.
 *
 * @returns {Promise<{ answer: object, isMadeUp: boolean }>} `isMadeUp`: no target or service was known
 */
export async function collectProperties(evidence) {
	const targets = await evidence.targets().catch((error) => {
		if (error instanceof CannotTell) return [];
		throw error;
	});
	const events = await evidence.sampleOrNone();
	const pairs = candidates(targets, events);
	let answer;
	for (const query of pairs.slice(0, MOST_ATTEMPTS)) {
		answer = await evidence.client.send('/audit/query/properties', { query });
		if (answer.status !== 200) break;
		const { properties } = readBody(answer, 'properties');
		if (Array.isArray(properties) && properties.length > 0) break;
	}
	const isMadeUp = Object.values(pairs[0]).includes(MADE_UP);
	return { answer, isMadeUp };
}

/** Targets with services, those first whose events carry indexed data. */
function candidates(targets, events) {
	const isIndexed = ({ indexedData }) =>
		isRecord(indexedData) && Object.keys(indexedData).length > 0;
	const seen = events.find(isIndexed) ?? events.find(({ serviceName }) => serviceName);
	const seenService = nameOf(seen?.serviceName) ?? MADE_UP;
	const indexed = new Set(events.filter(isIndexed).map(({ serviceName }) => serviceName));
	const pairs = targets.flatMap((one) => {
		const target = nameOf(one, 'target');
		if (target === undefined) return [];
		const services = isRecord(one) && Array.isArray(one.services) ? one.services : [seenService];
		const names = services.map((service) => nameOf(service, 'serviceName')).filter(Boolean);
		return names.map((serviceName) => ({ target, serviceName }));
	});
	const rank = ({ serviceName }) => (indexed.has(serviceName) ? 0 : 1);
	pairs.sort((a, b) => rank(a) - rank(b));
	return pairs.length > 0 ? pairs : [{ target: MADE_UP, serviceName: seenService }];
}
