import { shortHash } from './pollState';

/** In characters, of 6 bits each. */
const KEY_LENGTH = 16;

/**
 * A one-way hash of what the trigger watches, so that the state contains no client ID. A state with another key
 * belongs to other settings. A second part stands for the watched fields alone.
 *
 * @param settings anything that JSON can hold
 * @param fields the names of the watched fields, if any are
 */
export function stateKey(settings: unknown, fields?: readonly string[]): string {
	const key = shortHash(JSON.stringify(settings), KEY_LENGTH);
	return fields ? key + shortHash(JSON.stringify(fields)) : key;
}

/** Whether two states know values of the same fields. */
export function haveSameFields(key: string, otherKey: string): boolean {
	return key.slice(KEY_LENGTH) === otherKey.slice(KEY_LENGTH);
}
