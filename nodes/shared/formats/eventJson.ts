import type { AuditEvent } from '../model/event';
import { withinDepth } from './itemDepth';
import { simplifyEvent } from './simplify';

/** The JSON of an item. Assignable to n8n's IDataObject, which is not imported here. */
export type ItemJson = Record<string, string | number | boolean | object | null | undefined>;

/** The JSON of an event: simplified, or as the API sent it. */
export function eventJson(event: AuditEvent, simplify: boolean): ItemJson {
	return withinDepth(simplify ? simplifyEvent(event) : (event as ItemJson));
}
