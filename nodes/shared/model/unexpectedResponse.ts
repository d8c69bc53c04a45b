/** The API answered in a way that reading cannot go on from. */
export class UnexpectedAnswerError extends Error {
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
		this.name = 'UnexpectedAnswerError';
	}
}
