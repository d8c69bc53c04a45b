import { fieldValue } from '../model/conditions';
import type { AuditEvent } from '../model/event';
import type { ItemJson } from './itemJson';

/**
 * Some fields of an event on one level: fields of the event, properties, or paths such as `data.result`,
 * each under the name that it was asked for by. What the event does not have is null, so that all items have
 * the same fields. The cursor is always there: last, unless it was asked for.
 */
export function selectFields(event: AuditEvent, names: readonly string[]): ItemJson {
	const selected = new Set([...names, 'cursor']);
	return Object.fromEntries(
		[...selected].map((name) => [name, (fieldValue(event, name) ?? null) as object | null]),
	);
}
