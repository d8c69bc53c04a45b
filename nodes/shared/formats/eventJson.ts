import type { AuditEvent } from '../model/event';
import { cefLine } from './cef';
import { ecsDocument } from './ecs';
import { withinDepth } from './itemDepth';
import type { ItemJson } from './itemJson';
import { ocsfEvent } from './ocsf';
import type { OutcomeRule } from './outcome';
import { selectFields } from './selectedFields';
import { simplifyEvent } from './simplify';

/** How the formats for log tools translate an event, in items and in files. */
export interface LogFormatSettings {
	/** How ECS, OCSF and CEF tell success from failure. */
	outcome: OutcomeRule;
	/** Whether ECS and OCSF contain the event as the API sent it, as JSON text. */
	includeOriginal: boolean;
	/** When the events are read, ISO 8601; for ECS. */
	readAt: string;
}

/** What an event looks like in an item. */
export interface Output extends LogFormatSettings {
	format: 'simplified' | 'raw' | 'selectedFields' | 'ecs' | 'ocsf' | 'cef';
	/** What selectedFields returns: names of fields and properties, and paths. */
	fields: readonly string[];
}

/** The JSON of an event in a format, at most MAX_LEVELS deep. Every format contains the cursor. */
export function eventJson(event: AuditEvent, output: Output): ItemJson {
	return withinDepth(formatted(event, output));
}

function formatted(event: AuditEvent, output: Output): ItemJson {
	switch (output.format) {
		case 'simplified':
			return simplifyEvent(event);
		case 'raw':
			return event as ItemJson;
		case 'selectedFields':
			return selectFields(event, output.fields);
		case 'ecs':
			return ecsDocument(event, output);
		case 'ocsf':
			return ocsfEvent(event, output);
		case 'cef':
			return { cef: cefLine(event, output), cursor: event.cursor ?? null };
	}
}
