import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import type { AuditEvent } from '../shared/model/event';
import { DAY, fromMilliseconds } from '../shared/model/instant';
import { type FetchPage, MAX_EVENTS_PER_PAGE } from '../shared/model/page';
import { readEvents } from '../shared/reading/reader';
import type { AuditClient } from '../shared/signicat/client';
import { FIELDS_LABEL } from './events';
import { KnownValues } from './polling/knownValues';
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
	const { watched } = settings;
	const known = watched && new KnownValues(new Set(), watched);
	const window = { from: to - 30n * DAY, to };
	const limit = watched ? 1 : MAX_TEST_EVENTS;
	const reading = readEvents(fetchPage, {
		...settings,
		...pages,
		window,
		pageSize: MAX_EVENTS_PER_PAGE,
		order: 'newestFirst',
		buffering: { pages: 1 },
		// The newest events may have none of the watched fields.
		limit: watched?.countsMissing === false ? undefined : limit,
	});
	const newest: AuditEvent[] = [];
	let hasMatches = false;
	try {
		for await (const events of reading) {
			hasMatches = true;
			newest.push(...events.filter((event) => known?.note(event) ?? true).slice(0, limit));
			if (newest.length >= limit) break;
		}
	} catch (error) {
		if (newest.length === 0) throw error instanceof OutOfTime ? noneInTime(context) : error;
	}
	if (newest.length === 0) throw noneFound(context, hasMatches);
	return toItems(newest.reverse(), settings, { known, covered: window });
}

/** @param hasMatches whether there are events, but none that has one of the watched fields */
function noneFound(context: IPollFunctions, hasMatches: boolean): NodeOperationError {
	return hasMatches
		? new NodeOperationError(
				context.getNode(),
				'No matching event in the last 30 days has one of the chosen fields',
				{
					description: `Check the names in '${FIELDS_LABEL}'. Upper and lower case matter.`,
				},
			)
		: new NodeOperationError(context.getNode(), 'No matching events in the last 30 days', {
				description:
					'Remove some filters or conditions, and check that the API client in the credential belongs to the account you expect.',
			});
}

function noneInTime(context: IPollFunctions): NodeOperationError {
	return new NodeOperationError(context.getNode(), 'No matching event was found in time', {
		description:
			"There are too many events in the last 30 days to search all of them. Remove some filters or conditions, or set 'Apply Filters In' to Signicat.",
	});
}
