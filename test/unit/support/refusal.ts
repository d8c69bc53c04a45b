import { InvalidParameterError } from '../../../nodes/shared/parameters/invalidParameter';

/** The error with which a parameter was refused; throws where it was not. */
export function refusal(read: () => unknown): InvalidParameterError {
	let thrown: unknown = 'nothing was thrown';
	try {
		read();
	} catch (error) {
		thrown = error;
	}
	if (thrown instanceof InvalidParameterError) return thrown;
	throw new Error(`The parameter was not refused: ${String(thrown)}`);
}
