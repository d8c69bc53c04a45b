import { UnexpectedResponseError } from '../model/unexpectedResponse';
import type { Page } from '../model/page';
import type { AuditEvent } from '../model/event';

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a page besides its events: a response with any of them is a page. */
const PAGE_FIELDS = ['data', 'next', 'from', 'to'];

/**
 * One page of a query's response: `{ data, next }` (docs/api.md#query). An event is any object; other
 * entries are counted in `skipped`. No data is no events.
 *
 * @throws UnexpectedResponseError for what is no page
 */
export function parsePage(body: unknown): Page {
	if (!isRecord(body)) throw unexpected('no list of events');
	const { data, next } = body;
	const isPage = PAGE_FIELDS.some((field) => field in body) || Object.keys(body).length === 0;
	if (!isPage || !(Array.isArray(data) || data === undefined || data === null)) {
		throw unexpected('no list of events');
	}
	if (next !== undefined && next !== null && typeof next !== 'string') {
		throw unexpected('no valid next-page URL');
	}
	const entries: unknown[] = data ?? [];
	const events = entries.every(isEvent) ? entries : entries.filter(isEvent);
	const skipped = entries.length - events.length;
	return { events, next: next || null, ...(skipped > 0 && { skipped }) };
}

/** @throws UnexpectedResponseError for what is no object */
export function parseEvent(body: unknown): AuditEvent {
	if (!isEvent(body)) throw unexpected('no event');
	return body;
}

/** Nothing of an event is taken for granted but that it is an object (docs/api.md#audit-log). */
function isEvent(value: unknown): value is AuditEvent {
	return isRecord(value);
}

function unexpected(what: string): UnexpectedResponseError {
	return new UnexpectedResponseError(
		`Unexpected response from Signicat: ${what}`,
		"Check the 'Base URL' of the credential: a different server may be responding. If the URL is right, try again; if it happens again, contact Signicat support.",
	);
}

export interface MetadataService {
	name: string;
	eventTypes: string[];
}

export interface MetadataTarget {
	name: string;
	services: MetadataService[];
}

/**
 * The targets of a metadata response. What a target holds is not documented, so strings and objects
 * are taken at each level, and whatever else comes is left out (docs/api.md#metadata).
 */
export function parseTargets(body: unknown): MetadataTarget[] {
	return listIn(body, 'targets').flatMap((target) => {
		const name = nameOf(target, 'target');
		if (name === undefined) return [];
		const services = listIn(target, 'services').flatMap((service) => {
			const serviceName = nameOf(service, 'serviceName');
			if (serviceName === undefined) return [];
			const eventTypes = listIn(service, 'eventTypes').flatMap(
				(eventType) => nameOf(eventType, 'eventType') ?? [],
			);
			return [{ name: serviceName, eventTypes }];
		});
		return [{ name, services }];
	});
}

/** The properties of a properties response as they are; undefined where there is no list. */
export function parseProperties(body: unknown): unknown[] | undefined {
	return isRecord(body) && Array.isArray(body.properties) ? body.properties : undefined;
}

/** A name that stands alone, or in an object under `name` or under its own word. */
export function nameOf(value: unknown, word: string): string | undefined {
	const name = isRecord(value) ? (value[word] ?? value.name) : value;
	return typeof name === 'string' && name !== '' ? name : undefined;
}

function listIn(value: unknown, key: string): unknown[] {
	const list = isRecord(value) ? value[key] : undefined;
	return Array.isArray(list) ? list : [];
}
