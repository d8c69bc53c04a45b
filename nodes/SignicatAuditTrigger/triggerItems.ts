import type { IDataObject } from 'n8n-workflow';
import type { AuditEvent } from '../shared/model/event';
import { eventJson } from '../shared/formats/eventJson';
import { withinDepth } from '../shared/formats/itemDepth';
import { pickNewTypes } from './polling/eventTypes';
import type { TriggerSettings } from './settings';

/**
 * @param events oldest first
 * @param knownTypes the hashes of the event types for which no item is made, with New Event Type
 * @returns the JSON of one item per event, or per event type that was not known; and the types known then
 */
export function toItems(
	events: readonly AuditEvent[],
	knownTypes: Set<string>,
	{ event: kind, output }: TriggerSettings,
): { items: IDataObject[]; knownTypes: Set<string> } {
	if (kind === 'newEvent') {
		return { items: events.map((event) => eventJson(event, output)), knownTypes };
	}
	const { found, known } = pickNewTypes(events, knownTypes);
	const items = found.map(({ event, ...pair }) => ({
		...withinDepth(pair),
		event: eventJson(event, output),
	}));
	return { items, knownTypes: known };
}
