/**
 * Reads n8n's stored run data: a JSON list in which every string inside an object or list is the
 * position of the value that belongs there (the `flatted` format).
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
