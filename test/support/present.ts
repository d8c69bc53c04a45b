/**
 * What a list or a map has at a place where it is known to have something.
 *
 * @throws Error if there is nothing
 */
export function present<T>(value: T | undefined): T {
	if (value === undefined) throw new Error('There is nothing at this place.');
	return value;
}
