/** A parameter holds something that cannot be used. Thrown before any request. */
export class InvalidParameterError extends Error {
	/**
	 * @param field the parameter's label in the editor
	 * @param problem what is wrong with it, as the end of a sentence; without what it holds, which may
	 * come from an event
	 * @param description how to put it right
	 */
	constructor(
		readonly field: string,
		problem: string,
		readonly description: string,
	) {
		super(`Invalid value for '${field}': ${problem}`);
		this.name = 'InvalidParameterError';
	}
}
