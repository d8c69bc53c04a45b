/** A parameter holds something that cannot be used. Thrown before any request. */
export class InvalidParameterError extends Error {
	/** How to put it right. */
	readonly description: string;

	/**
	 * @param field the parameter's label in the editor
	 * @param problem what is wrong with it, as the end of a sentence; without its value, which may come
	 * from an event
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

/** A name that somebody typed, short enough and plain enough for the text of an error. */
export function shorten(text: string): string {
	const start = text.slice(0, 40).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
	return text.length > 40 ? `${start}…` : start;
}
