/**
 * Reduces a response to what `filter_path` asks for: comma-separated paths with dots, in which `*` is any name
 * (elastic.co/docs, "Common options"). Lists are followed without a name of their own.
 */
export function filterPath(body: unknown, paths: string | null): unknown {
	if (paths === null) return body;
	return keep(
		body,
		paths.split(',').map((path) => path.split('.')),
	);
}

/** Undefined if nothing is left. */
function keep(value: unknown, paths: string[][]): unknown {
	if (paths.some((path) => path.length === 0)) return value;
	if (Array.isArray(value)) {
		const kept = value.map((entry) => keep(entry, paths)).filter((entry) => entry !== undefined);
		return kept.length > 0 ? kept : undefined;
	}
	if (typeof value !== 'object' || value === null) return undefined;
	const kept = Object.entries(value).flatMap(([name, inner]) => {
		const rest = paths.filter(([first]) => first === '*' || first === name);
		const left =
			rest.length > 0
				? keep(
						inner,
						rest.map((path) => path.slice(1)),
					)
				: undefined;
		return left === undefined ? [] : [[name, left] as const];
	});
	return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
