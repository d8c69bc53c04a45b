/**
 * Parses JSON that came from outside.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
	return JSON.parse(text) as unknown;
}
