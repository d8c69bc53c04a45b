/** The JSON of an item. Assignable to n8n's IDataObject, which is not imported here. */
export type ItemJson = Record<string, string | number | boolean | object | null | undefined>;

const PLAIN = { configurable: true, enumerable: true, writable: true };

/** A copy without the keys that have no value. */
export function withoutMissing(record: ItemJson): ItemJson {
	const copy: ItemJson = {};
	for (const key of Object.keys(record)) {
		if (record[key] === undefined) continue;
		// An assignment would set the prototype.
		if (key === '__proto__') Object.defineProperty(copy, key, { ...PLAIN, value: record[key] });
		else copy[key] = record[key];
	}
	return copy;
}
