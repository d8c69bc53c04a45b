import { UnexpectedAnswerError } from '../reading/pages';
import type { Page } from '../reading/types';
import type { AuditEvent } from './types';

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One page of a query's answer: `{ data, next }` (docs/api.md#query). */
export function parsePage(body: unknown): Page {
	if (!isRecord(body) || !Array.isArray(body.data) || !body.data.every(isEvent)) {
		throw unexpected('a list of events');
	}
	if (body.next !== undefined && body.next !== null && typeof body.next !== 'string') {
		throw unexpected('the address of the next page');
	}
	return { events: body.data, next: body.next || null };
}

export function parseEvent(body: unknown): AuditEvent {
	if (!isEvent(body)) throw unexpected('an event');
	return body;
}

/** Of an event only its identity and its time are taken for granted (docs/api.md#audit-log). */
function isEvent(value: unknown): value is AuditEvent {
	return isRecord(value) && typeof value.cursor === 'string' && typeof value.timestamp === 'string';
}

function unexpected(what: string): UnexpectedAnswerError {
	return new UnexpectedAnswerError(
		`Signicat's answer does not hold ${what}`,
		'Check the Base URL of the credential: something else may be answering there. If it is right, try again, and if that does not help, tell Signicat.',
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
 * The targets of a metadata answer. What a target holds is not documented, so strings and objects
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

/** The properties of a properties answer as they are; undefined where there is no list. */
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
