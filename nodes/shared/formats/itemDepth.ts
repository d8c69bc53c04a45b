import { jsonText } from '../model/json';

/**
 * So many levels of objects and lists an item has at most. n8n goes through items by recursion (its
 * deepCopy, JSON.stringify, structuredClone), and at 2,000 levels the first of these ends the execution.
 */
export const MAX_LEVELS = 100;

/** The value as an item can hold it: what is nested deeper than MAX_LEVELS is JSON text, nothing is lost. */
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
