import type { AuditEvent } from '../model/event';
import { timeOf } from '../model/identity';
import { formatTimestamp } from '../model/instant';
import { isRecord, jsonText } from '../model/json';
import { fieldsOf } from './eventFields';
import { ipVersion } from './ipAddress';
import { type ItemJson, withoutMissing } from './itemJson';
import { outcomeOf, type OutcomeRule } from './outcome';

/** The version of the Elastic Common Schema that the documents follow. */
const ECS_VERSION = '9.4.0';

interface EcsOptions {
	outcome: OutcomeRule;
	/** Whether to add the event as the API sent it, as JSON text. */
	includeOriginal?: boolean;
	/** When the event was read, ISO 8601. */
	readAt?: string;
}

/**
 * An event as a document of the Elastic Common Schema: nested objects, without the fields that the event
 * has no value for. What the schema has no field for is in `signicat.audit`. The mapping is in docs/siem.md.
 */
export function ecsDocument(
	event: AuditEvent,
	{ outcome, includeOriginal = false, readAt }: EcsOptions,
): ItemJson {
	const fields = fieldsOf(event);
	const time = timeOf(event);
	if (time !== undefined) fields.skip('timestamp');
	const address = fields.text('ipAddress');
	const userId = fields.text('userId');
	const traceId = fields.text('traceId');
	const organizationId = fields.text('organizationId');
	const { labels, others } = labelsOf(event.indexedData);
	if (isRecord(event.indexedData)) fields.skip('indexedData');
	return withoutMissing({
		'@timestamp': time === undefined ? undefined : formatTimestamp(time),
		message: fields.text('message'),
		event: withoutMissing({
			kind: 'event',
			module: 'signicat',
			dataset: 'signicat.audit',
			provider: fields.text('serviceName'),
			action: fields.text('eventType'),
			id: fields.text('cursor'),
			outcome: outcomeOf(event, outcome),
			created: readAt,
			original: includeOriginal ? jsonText(event) : undefined,
		}),
		user: userId === undefined ? undefined : { id: userId },
		source: address === undefined ? undefined : sourceOf(address),
		trace: traceId === undefined ? undefined : { id: traceId },
		organization: organizationId === undefined ? undefined : { id: organizationId },
		labels,
		ecs: { version: ECS_VERSION },
		signicat: {
			audit: withoutMissing({ ...fields.rest(), cursor: event.cursor ?? undefined, ...others }),
		},
	});
}

/** An index of Elasticsearch rejects a document whose `source.ip` is not an IP address. */
function sourceOf(address: string): ItemJson {
	return ipVersion(address) === undefined ? { address } : { address, ip: address };
}

/**
 * The properties as labels, whose values are text and whose names have no dots.
 *
 * @returns undefined instead of an empty object; `others` has the properties whose label is taken
 */
function labelsOf(properties: unknown): { labels?: ItemJson; others?: { indexedData: ItemJson } } {
	if (!isRecord(properties)) return {};
	const labels = new Map<string, string>();
	const others: Array<[string, string]> = [];
	for (const [name, value] of Object.entries(properties)) {
		if (value === null || value === undefined) continue;
		const text = typeof value === 'object' ? jsonText(value) : String(value);
		const label = name.trim().replaceAll('.', '_') || '_';
		if (labels.has(label)) others.push([name, text]);
		else labels.set(label, text);
	}
	return {
		labels: labels.size > 0 ? Object.fromEntries(labels) : undefined,
		others: others.length > 0 ? { indexedData: Object.fromEntries(others) } : undefined,
	};
}
