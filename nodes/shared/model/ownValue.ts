/** The value under a key or an index, but nothing that is inherited, such as `constructor`. */
export function ownValue(container: unknown, key: string): unknown {
	if (typeof container !== 'object' || container === null) return undefined;
	return Object.prototype.hasOwnProperty.call(container, key)
		? (container as Record<string, unknown>)[key]
		: undefined;
}
