/** Whether a value is undefined, null, or blank text. */
export function isEmpty(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/** The type of a value in words, for an error, which must not contain the value itself. */
export function kindOf(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === undefined || value === null) return 'an empty value';
	if (typeof value === 'boolean') return 'a boolean';
	if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
	if (typeof value === 'string') return 'text';
	return isDateTime(value) ? 'a date and time' : 'an object';
}

/** Whether it is a Date or a Luxon DateTime, from whichever copy of Luxon. */
export function isDateTime(value: unknown): value is Date | { toMillis(): number } {
	return (
		value instanceof Date ||
		Object.prototype.toString.call(value) === '[object Date]' ||
		(typeof value === 'object' &&
			value !== null &&
			'toMillis' in value &&
			typeof value.toMillis === 'function')
	);
}
