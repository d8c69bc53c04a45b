/** The JSON of an item. Assignable to n8n's IDataObject, which is not imported here. */
export type ItemJson = Record<string, string | number | boolean | object | null | undefined>;

/** A copy without the keys that have no value. */
export function withoutMissing(record: ItemJson): ItemJson {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
