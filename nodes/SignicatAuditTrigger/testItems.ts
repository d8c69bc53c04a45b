import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import type { AuditEvent } from '../shared/model/event';
import { DAY, fromMilliseconds } from '../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../shared/model/page';
import { readEvents } from '../shared/reading/reader';
import type { AuditClient } from '../shared/signicat/client';
import { readingTime } from './readingTime';
import type { TriggerSettings } from './settings';
import { toItems } from './triggerItems';

const MAX_TEST_EVENTS = 10;

/** Reading ended because there was no time left. */
class OutOfTime extends Error {}

/**
 * Fetch Test Event: the newest matching events of the last 30 days, read without touching the state. What was
 * found counts, also if reading then fails or takes too long.
 *
 * @param deadlineMs when the test is over, in ms since 1970
 * @returns the JSON of at least one item
 * @throws NodeOperationError where no event matches, and what `fetchPage` throws
 */
export async function fetchTestItems(
	context: IPollFunctions,
	settings: TriggerSettings,
	{ client, deadlineMs }: { client: AuditClient; deadlineMs: number },
): Promise<IDataObject[]> {
	const to = fromMilliseconds(Date.now());
	const { readUntilMs, pages } = readingTime(client, deadlineMs);
	const fetchPage: FetchPage = async (...request) => {
		if (Date.now() >= readUntilMs) throw new OutOfTime();
		return await client.fetchPage(...request);
	};
	const newest: AuditEvent[] = [];
	const reading = readEvents(fetchPage, {
		...settings,
		...pages,
		window: { from: to - 30n * DAY, to },
		pageSize: MAX_EVENTS_PER_PAGE,
		order: 'newestFirst',
		limit: settings.event === 'newEvent' ? MAX_TEST_EVENTS : 1,
	});
	try {
		for await (const events of reading) newest.push(...events);
	} catch (error) {
		if (newest.length === 0) throw error instanceof OutOfTime ? noneInTime(context) : error;
	}
	if (newest.length === 0) {
		throw new NodeOperationError(context.getNode(), 'No matching events in the last 30 days', {
			description:
				'Remove some filters or conditions, and check that the API client in the credential belongs to the account you expect.',
		});
	}
	return toItems(newest.reverse(), new Set(), settings).items;
}

function noneInTime(context: IPollFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), 'No matching event was found in time', {
		description:
			"There are too many events in the last 30 days to search all of them. Remove some filters or conditions, or set 'Apply Filters In' to Signicat.",
	});
}
