import type { Response } from 'express';
import type { AuditEvent, Behaviour } from './types';

/** Sends JSON that docs/openapi.yaml does not allow; it bypasses the validation of responses, which is in `json`. */
export function sendUnchecked(res: Response, body: unknown): void {
	if (!res.hasHeader('Content-Type')) res.type('json');
	res.send(JSON.stringify(body));
}

/** An event as an API sends it that differs from the description; the same event if nothing differs. */
export function alterEvent(event: AuditEvent, behaviour: Behaviour): object {
	const { timestampZone, oddTimestamps } = behaviour;
	if (oddTimestamps && isOdd(event, oddTimestamps.every)) {
		return { ...event, timestamp: oddTimestamps.value };
	}
	if (timestampZone === 'Z') return event;
	const { timestamp, expiresAt } = event;
	return {
		...event,
		timestamp: withoutZone(timestamp),
		...(expiresAt && { expiresAt: withoutZone(expiresAt) }),
	};
}

/** About one in `every`, chosen by the cursor, so that an event always looks the same. */
function isOdd({ cursor }: AuditEvent, every: number): boolean {
	let sum = 0;
	for (const sign of cursor) sum += sign.charCodeAt(0);
	return sum % every === 0;
}

function withoutZone(timestamp: string): string {
	return timestamp.replace(/Z$/, '');
}

/** The entries of a page with others inserted in the middle; the same list if nothing is altered. */
export function alterPage(
	events: AuditEvent[],
	behaviour: Behaviour,
	others: readonly unknown[],
): unknown[] {
	const { timestampZone, oddTimestamps, malformed } = behaviour;
	const added = events.length > 0 ? [...malformed, ...others] : others;
	if (timestampZone === 'Z' && !oddTimestamps && added.length === 0) return events;
	const entries: unknown[] = events.map((event) => alterEvent(event, behaviour));
	entries.splice(Math.ceil(entries.length / 2), 0, ...added);
	return entries;
}

const MARKED = /"@@number:(-?\d[\d.eE+-]*)"/g;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** JSON in which each text `"@@number:…"` is replaced by the number that it names. */
export function withRawNumbers(json: string): string {
	return json.replace(MARKED, '$1');
}

/** Parses JSON; a number that a double would change becomes the text `@@number:…`. */
export function parseRawNumbers(json: string): unknown {
	const marked = json.replace(STRING_OR_NUMBER, (token) =>
		token.startsWith('"') || String(Number(token)) === token ? token : `"@@number:${token}"`,
	);
	return JSON.parse(marked);
}
