import { type IDataObject, type IPollFunctions, NodeOperationError } from 'n8n-workflow';
import { createClient } from '../shared/api/client';
import { POLL_PATIENCE } from '../shared/api/request';
import { eventJson } from '../shared/parameters/simplify';
import {
	type NewEventType,
	newTypes,
	typeHash,
	withinTypeBound,
} from '../shared/reading/eventTypes';
import { pollEvents, type PollSettings } from '../shared/reading/poll';
import { type PollState, serializeState } from '../shared/reading/pollState';
import { readEvents } from '../shared/reading/reader';
import { DAY, fromMilliseconds } from '../shared/reading/timestamp';
import { type AuditEvent, MOST_EVENTS_PER_PAGE } from '../shared/reading/types';
import { openState } from './activation';
import { readSettings, type TriggerSettings } from './settings';
import { openStore, type StateStore } from './stateStore';

/** Time for one poll, in ms, where n8n sets none: polls come at least a minute apart. */
const DEFAULT_BUDGET_MS = 45_000;
const MOST_TEST_EVENTS = 10;

/** Nodes that are polling right now. n8n's default engine begins a poll although one is under way. */
const polling = new Set<string>();

/**
 * One poll: reads what is new, then replaces the state as the last thing it does.
 *
 * @returns the JSON of the items to start the workflow with, none when there is nothing new
 */
export async function pollForItems(context: IPollFunctions): Promise<IDataObject[]> {
	const budget = Math.min(context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS, DEFAULT_BUDGET_MS);
	const deadline = Date.now() + budget;
	if (context.getMode() === 'manual') return await testItems(context, deadline);

	const name = `${context.getWorkflow().id}/${context.getNode().id}`;
	if (polling.has(name)) {
		context.logger.debug('Signicat Audit: the poll before is still running, this one is left out');
		return [];
	}
	const store = openStore(context, name);
	if (store.isOutdated) {
		context.logger.debug(
			'Signicat Audit: n8n has not yet stored what the last poll gave, this one is left out',
		);
		return [];
	}
	polling.add(name);
	try {
		return await pollOnce(context, deadline, store);
	} finally {
		polling.delete(name);
	}
}

async function openClient(context: IPollFunctions, deadline: number) {
	const settings = await readSettings(context);
	const client = await createClient(context, { ...POLL_PATIENCE, deadline });
	return { settings, client };
}

async function pollOnce(
	context: IPollFunctions,
	deadline: number,
	store: StateStore,
): Promise<IDataObject[]> {
	const { settings, client } = await openClient(context, deadline);
	// Two thirds of the time go to reading, so that a request under way can end in the last third.
	const readUntil = Date.now() + ((deadline - Date.now()) * 2) / 3;
	const pollSettings: PollSettings = { ...settings, deadline: readUntil, now: Date.now };
	const opened = await openState(client, { stored: store.stored, settings, pollSettings });
	const save = (state: PollState, items: IDataObject[]) => {
		store.replace(serializeState(whatCounts(context, state, settings)), items.length > 0);
		return items;
	};
	if (!opened.ready) return save(opened.state, []);
	const { knownTypes } = opened.state;
	// What is read again of the overlap would otherwise use up the room of a poll.
	const isNew = (event: AuditEvent) =>
		!knownTypes.has(typeHash(event.serviceName, event.eventType));
	const result = await pollEvents(client.fetchPage, opened.state, {
		...pollSettings,
		...(settings.event === 'newEventType' && { counts: isNew }),
	});
	if (result.shrunk) {
		context.logger.warn(
			'Signicat Audit: too many events for the late arrival window, so it was made shorter. Lower Late Arrival Minutes or narrow the filters.',
		);
	}
	if (result.failure !== undefined) {
		if (!result.progressed) throw result.failure;
		context.logger.warn(
			'Signicat Audit: reading stopped before the end; the rest comes with the next poll',
		);
	}
	if (settings.event === 'newEvent') {
		const items = result.events.map((event) => eventJson(event, settings.simplify));
		return save(result.state, items);
	}
	const { found, known } = newTypes(result.events, result.state.knownTypes);
	const items = found.map((one) => typeJson(one, settings.simplify));
	return save({ ...result.state, knownTypes: known }, items);
}

/**
 * Of a state what its kind of event needs, so that it stays within its bounds: cursors keep an event
 * from coming twice, known pairs keep a type from firing twice.
 */
function whatCounts(
	context: IPollFunctions,
	state: PollState,
	{ event }: TriggerSettings,
): PollState {
	if (event === 'newEvent') return { ...state, knownTypes: new Set() };
	const { known, cut } = withinTypeBound(state.knownTypes);
	if (cut) {
		context.logger.warn(
			'Signicat Audit: more event types than can be remembered; the oldest ones would fire again',
		);
	}
	return { ...state, seen: new Map(), knownTypes: known };
}

/** Fetch Test Event: the newest matching events, read without touching the state. */
async function testItems(context: IPollFunctions, deadline: number): Promise<IDataObject[]> {
	const { settings, client } = await openClient(context, deadline);
	const to = fromMilliseconds(Date.now());
	const newest: AuditEvent[] = [];
	const pages = readEvents(client.fetchPage, {
		...settings,
		window: { from: to - 30n * DAY, to },
		pageSize: MOST_EVENTS_PER_PAGE,
		order: 'newestFirst',
		limit: settings.event === 'newEvent' ? MOST_TEST_EVENTS : 1,
	});
	for await (const events of pages) newest.push(...events);
	if (newest.length === 0) {
		throw new NodeOperationError(context.getNode(), 'No event of the last 30 days matches', {
			description:
				'Remove some filters or conditions, and check that the client of the credential belongs to the account you expect.',
		});
	}
	const oldestFirst = newest.reverse();
	if (settings.event === 'newEvent') {
		return oldestFirst.map((event) => eventJson(event, settings.simplify));
	}
	return newTypes(oldestFirst, new Set()).found.map((one) => typeJson(one, settings.simplify));
}

function typeJson({ event, ...pair }: NewEventType, simplify: boolean): IDataObject {
	return { ...pair, event: eventJson(event, simplify) };
}
