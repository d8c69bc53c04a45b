import { fieldValue } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { jsonText } from '../../shared/model/json';
import { shortHash } from '../state/pollState';

/** Fields of events, properties or paths, whose values are one value together. */
export interface WatchedFields {
	names: readonly string[];
	/** Whether an event that has none of them counts, too. */
	countsMissing: boolean;
}

/** What New Event Type watches. */
export const EVENT_TYPE: WatchedFields = {
	names: ['serviceName', 'eventType'],
	countsMissing: true,
};

/**
 * The values of the watched fields of an event, in their order; null where one is missing.
 *
 * @returns undefined for an event that does not count, because it has none of the fields
 */
export function watchedValues(
	event: AuditEvent,
	{ names, countsMissing }: WatchedFields,
): unknown[] | undefined {
	const values = names.map((name) => fieldValue(event, name) ?? null);
	return countsMissing || values.some((value) => value !== null) ? values : undefined;
}

/** The hash of values in their order; their kinds and the boundaries between them count. */
export function valuesHash(values: readonly unknown[]): string {
	return shortHash(jsonText(values.map((value) => value ?? null)));
}

/** The hash of the values of an event; undefined where it does not count. */
export function hashOfEvent(event: AuditEvent, watched: WatchedFields): string | undefined {
	const values = watchedValues(event, watched);
	return values && valuesHash(values);
}
