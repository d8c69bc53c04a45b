import { fieldValue } from '../../shared/model/conditions';
import type { AuditEvent } from '../../shared/model/event';
import { jsonText } from '../../shared/model/json';

/** What events can be grouped by: fields of an event, or the day or hour in which it happened. */
export const GROUP_KEYS = [
	'clientId',
	'day',
	'eventType',
	'hour',
	'ipAddress',
	'serviceName',
	'userId',
] as const;

export type GroupKey = (typeof GROUP_KEYS)[number];

/** Null if the event has no such field. */
export type GroupValue = string | number | boolean | null;

/** How many properties one digest can be grouped by. More columns would not fit into a Slack message. */
export const MAX_PROPERTIES = 5;

/** One of the values that tell groups apart. */
export interface Column {
	type: 'field' | 'day' | 'hour' | 'property';
	/** The name of the field or the property, or the path of a property. */
	name: string;
	/** The key of its value in the JSON of a group. */
	key: string;
}

/**
 * The keys that the JSON of a group may have next to its values. A property cannot overwrite one of them,
 * or its name would change what workflows read there.
 */
const RESERVED_KEYS: ReadonlySet<string> = new Set([
	...['day', 'hour', 'count', 'firstAt', 'lastAt', 'other', 'groups'],
	...['previousCount', 'change', 'changePercent', 'isNew', 'isEnded'],
	...['from', 'to', 'previousFrom', 'previousTo', '__proto__'],
]);

/**
 * The columns of a digest. A property that is called like a field of Group By is that field, and appears
 * once. A property with a reserved name, such as `count`, has the key `property.count`.
 */
export function columnsOf(keys: readonly GroupKey[], properties: readonly string[]): Column[] {
	const fields = new Set([...keys, ...properties.filter(isField)]);
	const columns: Column[] = [...fields].map((name) => ({
		type: name === 'day' || name === 'hour' ? name : 'field',
		name,
		key: name,
	}));
	const taken = new Set(RESERVED_KEYS);
	for (const name of new Set(properties.filter((property) => !isField(property)))) {
		let key = name;
		while (taken.has(key)) key = `property.${key}`;
		taken.add(key);
		columns.push({ type: 'property', name, key });
	}
	return columns;
}

export function isGroupKey(name: string): name is GroupKey {
	return (GROUP_KEYS as readonly string[]).includes(name);
}

function isField(name: string): name is GroupKey {
	return isGroupKey(name) && name !== 'day' && name !== 'hour';
}

/**
 * The value by which an event is grouped.
 *
 * @param localTime the time of the event as a `ZoneClock` formats it; undefined if it cannot be read
 */
export function groupValue(
	event: AuditEvent,
	{ type, name }: Column,
	localTime: string | undefined,
): GroupValue {
	switch (type) {
		case 'day':
			return localTime?.slice(0, 10) ?? null;
		case 'hour':
			return localTime === undefined ? null : `${localTime.slice(0, 13)}:00`;
		case 'field':
			return asValue((event as Record<string, unknown>)[name]);
		case 'property':
			return asValue(fieldValue(event, name));
	}
}

function asValue(value: unknown): GroupValue {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	return value === undefined || value === null ? null : jsonText(value);
}

/** Compares by code units; missing values come last. */
export function compareValues(left: readonly GroupValue[], right: readonly GroupValue[]): number {
	for (const [index, a] of left.entries()) {
		const b = right[index] ?? null;
		if (a === b) continue;
		if (a === null) return 1;
		if (b === null) return -1;
		const [textA, textB] = [String(a), String(b)];
		if (textA !== textB) return textA < textB ? -1 : 1;
	}
	return 0;
}
