/** A parameter has a value that cannot be used. Thrown before the first request. */
export class InvalidParameterError extends Error {
	/** How to fix it. */
	readonly description: string;

	/**
	 * @param field the parameter's label in the editor
	 * @param problem what is wrong with it, as the end of a sentence. It does not contain the value, which
	 * may come from an event.
	 */
	constructor(
		readonly field: string,
		problem: string,
		{ description }: { description: string },
	) {
		super(`Invalid value for '${field}': ${problem}`);
		this.name = 'InvalidParameterError';
		this.description = description;
	}
}

/** Makes a name that somebody entered fit for an error message: at most 40 characters, all printable. */
export function shorten(text: string): string {
	const start = text.slice(0, 40).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
	return text.length > 40 ? `${start}…` : start;
}
