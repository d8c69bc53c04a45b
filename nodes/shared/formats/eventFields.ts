import type { AuditEvent } from '../model/event';
import type { ItemJson } from './itemJson';

/** Reads the fields of an event one by one, and knows which ones are left. */
export interface EventFields {
	/** The value as text; undefined if it is missing, empty, or neither text nor a number nor a boolean. */
	text(field: string): string | undefined;
	/** Marks a field as read, whatever its value. */
	skip(field: string): void;
	/** The fields that were not read, without those that are null. Undefined if there are none. */
	rest(): ItemJson | undefined;
}

export function fieldsOf(event: AuditEvent): EventFields {
	const read = new Set<string>();
	return {
		text(field) {
			const text = textOf(event[field]);
			if (text !== undefined) read.add(field);
			return text;
		},
		skip(field) {
			read.add(field);
		},
		rest() {
			const left = Object.entries(event).filter(
				([field, value]) => !read.has(field) && value !== null && value !== undefined,
			);
			return left.length > 0 ? (Object.fromEntries(left) as ItemJson) : undefined;
		},
	};
}

function textOf(value: unknown): string | undefined {
	if (typeof value === 'string') return value === '' ? undefined : value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
