/**
 * Parses n8n's stored run data (the `flatted` format): a JSON list in which every string inside an object or
 * list is the index of the value in its place.
 */
export function parseFlatted(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const resolved = new Map<number, unknown>();

	const valueAt = (index: number): unknown => {
		if (resolved.has(index)) return resolved.get(index);
		const value = values[index];
		if (typeof value !== 'object' || value === null) return value;
		const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
		resolved.set(index, copy);
		for (const [key, entry] of Object.entries(value)) {
			Object.assign(copy, { [key]: typeof entry === 'string' ? valueAt(Number(entry)) : entry });
		}
		return copy;
	};

	return valueAt(0);
}
