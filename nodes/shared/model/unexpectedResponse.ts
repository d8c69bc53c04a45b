/** The API responded in a way that reading cannot continue from. */
export class UnexpectedResponseError extends Error {
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
		this.name = 'UnexpectedResponseError';
	}
}
