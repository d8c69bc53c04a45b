import type { IDataObject } from 'n8n-workflow';
import { eventJson } from '../shared/formats/eventJson';
import { withinDepth } from '../shared/formats/itemDepth';
import type { AuditEvent } from '../shared/model/event';
import { formatTimestamp } from '../shared/model/instant';
import type { Window } from '../shared/model/window';
import type { KnownValues, NewValue } from './polling/knownValues';
import type { TriggerSettings } from './settings';

interface Found {
	/** What is known of the watched fields; undefined with New Event. Knows the values of the items then. */
	known: KnownValues | undefined;
	/** The part of the log in which the events were found. */
	covered: Window;
}

/**
 * @param events oldest first
 * @returns the JSON of one item per event, or per value that was not known; with One Item per Poll, of a single
 * item with all of these, if there are any
 */
export function toItems(
	events: readonly AuditEvent[],
	settings: TriggerSettings,
	{ known, covered }: Found,
): IDataObject[] {
	const items = known
		? known.takeNew(events).map((value) => valueItem(value, settings))
		: events.map((event) => eventJson(event, settings.output));
	if (settings.emit === 'itemPerEvent' || items.length === 0) return items;
	const { from, to } = covered;
	return [
		{ count: items.length, from: formatTimestamp(from), to: formatTimestamp(to), events: items },
	];
}

/** About how long the item of an event is as JSON, in UTF-16 code units. */
export function itemLength(event: AuditEvent, { output }: TriggerSettings): number {
	return JSON.stringify(eventJson(event, output)).length;
}

function valueItem(
	{ values, firstSeenAt, event }: NewValue,
	{ event: kind, watched, output }: TriggerSettings,
): IDataObject {
	const named = Object.fromEntries((watched?.names ?? []).map((name, at) => [name, values[at]]));
	return {
		...withinDepth({ ...(kind === 'newValue' ? { values: named } : named), firstSeenAt }),
		event: eventJson(event, output),
	} as IDataObject;
}
