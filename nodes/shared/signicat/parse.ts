import type { AuditEvent } from '../model/event';
import { isRecord } from '../model/json';
import type { Page } from '../model/page';
import { UnexpectedResponseError } from '../model/unexpectedResponse';

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

/** Fields that tell an event from another object; an event has at least one of them. */
const EVENT_FIELDS = ['cursor', 'timestamp', 'eventType', 'serviceName'];

/** @throws UnexpectedResponseError for what is no object, and for an object without anything of an event */
export function parseEvent(body: unknown): AuditEvent {
	if (!isEvent(body) || !EVENT_FIELDS.some((field) => field in body)) throw unexpected('no event');
	return body;
}

/** All that is certain of an event is that it is an object (docs/api.md#audit-log). */
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
 * The targets of a metadata response. What a target contains is not documented, so strings and
 * objects are accepted at each level, and anything else is skipped (docs/api.md#metadata).
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

/** A name that is a text, or in an object under `name` or under `key`. */
export function nameOf(value: unknown, key: string): string | undefined {
	const name = isRecord(value) ? (value[key] ?? value.name) : value;
	return typeof name === 'string' && name !== '' ? name : undefined;
}

function listIn(value: unknown, key: string): unknown[] {
	const list = isRecord(value) ? value[key] : undefined;
	return Array.isArray(list) ? list : [];
}
