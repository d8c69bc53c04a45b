import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import type { AuditEvent } from '../shared/model/event';
import { DAY, fromMilliseconds } from '../shared/model/instant';
import { MAX_EVENTS_PER_PAGE } from '../shared/model/page';
import { readEvents } from '../shared/reading/reader';
import type { AuditClient } from '../shared/signicat/client';
import type { TriggerSettings } from './settings';
import { toItems } from './triggerItems';

const MAX_TEST_EVENTS = 10;

/**
 * Fetch Test Event: the newest matching events of the last 30 days, read without touching the state.
 *
 * @returns the JSON of at least one item
 * @throws NodeOperationError where no event matches
 */
export async function fetchTestItems(
	context: IPollFunctions,
	settings: TriggerSettings,
	{ fetchPage }: AuditClient,
): Promise<IDataObject[]> {
	const to = fromMilliseconds(Date.now());
	const newest: AuditEvent[] = [];
	const pages = readEvents(fetchPage, {
		...settings,
		window: { from: to - 30n * DAY, to },
		pageSize: MAX_EVENTS_PER_PAGE,
		order: 'newestFirst',
		limit: settings.event === 'newEvent' ? MAX_TEST_EVENTS : 1,
	});
	for await (const events of pages) newest.push(...events);
	if (newest.length === 0) {
		throw new NodeOperationError(context.getNode(), 'No matching events in the last 30 days', {
			description:
				'Remove some filters or conditions, and check that the API client in the credential belongs to the account you expect.',
		});
	}
	return toItems(newest.reverse(), new Set(), settings).items;
}
