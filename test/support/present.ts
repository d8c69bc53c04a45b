/**
 * A value of a list or a map that is known to be present.
 *
 * @throws Error if it is missing
 */
export function present<T>(value: T | undefined): T {
	if (value === undefined) throw new Error('The value is missing.');
	return value;
}
