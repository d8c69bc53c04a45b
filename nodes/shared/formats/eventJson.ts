import type { AuditEvent } from '../model/event';
import { withinDepth } from './itemDepth';
import { simplifyEvent } from './simplify';

/** The JSON of an item: n8n's IDataObject, which this room does not import. */
export type ItemJson = Record<string, string | number | boolean | object | null | undefined>;

/** An event as an item shows it: ten fields at most, or exactly as the API sent it. */
export function eventJson(event: AuditEvent, simplify: boolean): ItemJson {
	return withinDepth(simplify ? simplifyEvent(event) : (event as ItemJson));
}
