import { jsonText } from '../model/json';

/**
 * How many levels of objects and lists an item may have. n8n processes items recursively (deepCopy,
 * JSON.stringify, structuredClone), and the first of these fails at about 2,000 levels.
 */
export const MAX_LEVELS = 100;

/** Replaces what is nested deeper than MAX_LEVELS with its JSON as text. The value itself is not changed. */
export function withinDepth<T>(value: T, levels?: number): T;
export function withinDepth(value: unknown, levels = MAX_LEVELS): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (levels === 0) return jsonText(value);
	const holder = value as Record<string, unknown>;
	let copy: Record<string, unknown> | undefined;
	for (const key in holder) {
		const child = holder[key];
		if (typeof child !== 'object') continue;
		const kept = withinDepth(child, levels - 1);
		if (kept === child) continue;
		copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
		copy[key] = kept;
	}
	return copy ?? value;
}
