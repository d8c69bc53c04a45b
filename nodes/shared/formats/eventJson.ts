import type { AuditEvent } from '../model/event';
import { cefLine } from './cef';
import { ecsDocument } from './ecs';
import { withinDepth } from './itemDepth';
import type { ItemJson } from './itemJson';
import { ocsfEvent } from './ocsf';
import type { OutcomeRule } from './outcome';
import { selectFields } from './selectedFields';
import { simplifyEvent } from './simplify';

export type { ItemJson } from './itemJson';

/** What an event looks like in an item. */
export interface Output {
	format: 'simplified' | 'raw' | 'selectedFields' | 'ecs' | 'ocsf' | 'cef';
	/** What selectedFields returns: names of fields and properties, and paths. */
	fields: readonly string[];
	/** How ecs, ocsf and cef tell success from failure. */
	outcome: OutcomeRule;
	/** Whether ecs and ocsf contain the event as the API sent it, as JSON text. */
	includeOriginal: boolean;
}

/** The JSON of an event in a format, at most MAX_LEVELS deep. Every format contains the cursor. */
export function eventJson(event: AuditEvent, output: Output): ItemJson {
	return withinDepth(formatted(event, output));
}

function formatted(
	event: AuditEvent,
	{ format, fields, outcome, includeOriginal }: Output,
): ItemJson {
	switch (format) {
		case 'simplified':
			return simplifyEvent(event);
		case 'raw':
			return event as ItemJson;
		case 'selectedFields':
			return selectFields(event, fields);
		case 'ecs':
			return ecsDocument(event, { outcome, includeOriginal });
		case 'ocsf':
			return ocsfEvent(event, { outcome, includeOriginal });
		case 'cef':
			return { cef: cefLine(event, { outcome }), cursor: event.cursor ?? null };
	}
}
