import { createHash } from 'node:crypto';

/**
 * What some cursors contain besides base64: a client that skips an encoding, or encodes or decodes twice,
 * damages each in its own way.
 */
const AWKWARD = ['%2F', '%25', '%', '%2B', '%3D', '%C3%A5'];

/** The cursor of the event with this number: unique, and containing each of `/ + = %`. */
export function eventCursor(seed: number, sequence: number): string {
	const digest = createHash('sha256').update(`${seed}:${sequence}`).digest('base64');
	const awkward = AWKWARD[sequence % AWKWARD.length];
	return `${digest.slice(0, 8)}/${digest.slice(8, 14)}+${awkward}${sequence.toString(36)}==`;
}

/** Where a page begins, and for which query. */
export interface PagePosition {
	/** The last event before the page; null at the very beginning. */
	after: { ticks: string; cursor: string } | null;
	/** How many empty pages still precede the next event. */
	empties: number;
	/** The cursor of an event that was postponed, and comes first. */
	postponed?: string;
	/** How many unnecessary pages there were, so that each of them has a different `next`. */
	detours?: number;
	/** The bodyHash of the first request. */
	hash: string;
}

const PREFIX = 'p/+%2B';

export function encodePage(position: PagePosition): string {
	return `${PREFIX}${Buffer.from(JSON.stringify(position)).toString('base64')}`;
}

/** Undefined if the text is not an intact page cursor. */
export function decodePage(text: string): PagePosition | undefined {
	if (!text.startsWith(PREFIX)) return undefined;
	try {
		const json = Buffer.from(text.slice(PREFIX.length), 'base64').toString();
		const position = JSON.parse(json) as PagePosition;
		return encodePage(position) === text ? position : undefined;
	} catch {
		return undefined;
	}
}

/** The same for bodies that request the same. */
export function bodyHash(query: { and?: unknown; from?: unknown; to?: unknown }): string {
	const { and = null, from = null, to = null } = query;
	return createHash('sha256')
		.update(JSON.stringify([and, from, to]))
		.digest('hex')
		.slice(0, 16);
}
