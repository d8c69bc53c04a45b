/** A parameter holds something that cannot be used. Thrown before any request. */
export class InvalidParameterError extends Error {
	/**
	 * @param field the parameter's label in the editor
	 * @param problem what is wrong with it, as the end of a sentence
	 * @param description how to put it right
	 */
	constructor(
		readonly field: string,
		problem: string,
		readonly description: string,
	) {
		super(`The value of ${field} cannot be used: ${problem}`);
		this.name = 'InvalidParameterError';
	}
}

/** @throws InvalidParameterError unless `value` is a whole number within the bounds */
export function readInteger(
	field: string,
	value: unknown,
	{ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) {
		return number;
	}
	throw new InvalidParameterError(
		field,
		`it is not a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
		`Enter a whole number, for example ${Math.min(max, Math.max(min, 50))}.`,
	);
}

/** @throws InvalidParameterError unless `value` is one of the choices */
export function readChoice<Choice extends string>(
	field: string,
	value: unknown,
	choices: readonly Choice[],
): Choice {
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	const names = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
	throw new InvalidParameterError(field, 'it is not one of the options', `Use ${names}.`);
}
