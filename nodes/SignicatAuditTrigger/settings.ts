import type { IPollFunctions } from 'n8n-workflow';
import type { Output } from '../shared/formats/eventJson';
import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND } from '../shared/model/instant';
import { readOutput } from '../shared/parameters/output';
import { readChoice, readInteger, readRecord } from '../shared/parameters/read';
import { type FilteringSettings, readFiltering } from '../shared/parameters/readConditions';
import { readPastInstant } from '../shared/parameters/readInstant';
import { CREDENTIAL_TYPE } from '../shared/signicat/context';
import { type Emit, EMITS, EVENTS, readWatchedFields, type TriggerEvent } from './events';
import {
	DEFAULT_CAPACITY,
	DEFAULT_LATE_MINUTES,
	DEFAULT_LEARN_DAYS,
	DEFAULT_LOOKBACK_HOURS,
	MAX_LATE_MINUTES,
	MAX_LOOKBACK_DAYS,
	MAX_SETTLING_SECONDS,
} from './options';
import type { WatchedFields } from './polling/watchedFields';
import { stateKey } from './state/stateKey';

export interface TriggerSettings extends FilteringSettings {
	event: TriggerEvent;
	emit: Emit;
	/** The fields whose values are remembered; undefined with New Event, which remembers events. */
	watched?: WatchedFields;
	output: Output;
	/** Identifies what the trigger watches (state/stateKey.ts). */
	key: string;
	/** As in PollSettings. */
	allowedLateness: Duration;
	delay: Duration;
	capacity: number;
	/** Now, unless the event is New Event. */
	startFrom: 'now' | 'lookback' | 'date';
	/** How far before the activation to start, with Start From set to Lookback. */
	lookback: Duration;
	/** Where to start, with Start From set to Date. */
	startDate?: Instant;
	/** How far before the activation to learn values. */
	learningPeriod: Duration;
}

/**
 * @param options `isStarted`: whether the trigger has a stored state, so that it does not matter where it would start
 * @throws InvalidParameterError naming the field
 */
export async function readSettings(
	context: IPollFunctions,
	{ isStarted }: { isStarted: boolean },
): Promise<TriggerSettings> {
	const parameter = (name: string, fallback: object | string | boolean): unknown =>
		context.getNodeParameter(name, fallback as object);
	const options = readRecord('Options', parameter('options', {}));
	const event = readChoice('Trigger On', parameter('event', 'newEvent'), {
		choices: EVENTS,
		fallback: 'newEvent',
	});
	const watched = readWatchedFields(event, () => parameter('fields', ''));
	const filtering = readFiltering({
		filters: parameter('filters', {}),
		conditions: parameter('conditions', {}),
		options,
	});
	const { conditions, match } = filtering;
	const times = readTimes(options, event);
	const start = event === 'newEvent' ? readStart(context, options, { isStarted }) : NO_START;
	const { baseUrl, clientId, accountId, organizationId } =
		await context.getCredentials(CREDENTIAL_TYPE);
	return {
		...filtering,
		event,
		watched,
		output: readOutput({
			output: parameter('output', ''),
			outputFields: parameter('outputFields', ''),
			options,
		}),
		emit: readChoice('Emit', parameter('emit', 'itemPerEvent'), {
			choices: EMITS,
			fallback: 'itemPerEvent',
		}),
		key: stateKey(
			[baseUrl, clientId, accountId, organizationId, event, conditions, match],
			watched?.names,
		),
		...times,
		...start,
		capacity: readInteger('Max Events per Poll', options.maxEventsPerPoll, {
			min: 1,
			fallback: DEFAULT_CAPACITY,
		}),
	};
}

type Start = Pick<TriggerSettings, 'startFrom' | 'lookback' | 'startDate'>;

/** Options that the editor does not show may be left over from another event: they are ignored. */
const NO_START: Start = { startFrom: 'now', lookback: 0n };

function readStart(
	context: IPollFunctions,
	options: Record<string, unknown>,
	{ isStarted }: { isStarted: boolean },
): Start {
	const startFrom = readChoice('Start From', options.startFrom, {
		choices: ['now', 'lookback', 'date'],
		fallback: 'now',
	});
	switch (startFrom) {
		case 'now':
			return NO_START;
		case 'lookback': {
			const hours = readInteger('Lookback Hours', options.lookbackHours, {
				min: 1,
				max: 24 * MAX_LOOKBACK_DAYS,
				fallback: DEFAULT_LOOKBACK_HOURS,
			});
			return { startFrom, lookback: BigInt(hours) * HOUR };
		}
		case 'date': {
			const startDate = readPastInstant('Start Date', options.startDate, {
				// n8n's clock may be set back later.
				nowMs: isStarted ? undefined : Date.now(),
				timeZone: context.getTimezone(),
			});
			return { startFrom, lookback: 0n, startDate };
		}
	}
}

function readTimes(
	options: Record<string, unknown>,
	event: TriggerEvent,
): Pick<TriggerSettings, 'allowedLateness' | 'delay' | 'learningPeriod'> {
	const learnDays = readInteger(
		'Learn Days',
		event === 'newEvent' ? undefined : options.learnDays,
		{ min: 1, max: MAX_LOOKBACK_DAYS, fallback: DEFAULT_LEARN_DAYS },
	);
	const lateMinutes = readInteger('Late Arrival Minutes', options.lateArrivalMinutes, {
		min: 0,
		max: MAX_LATE_MINUTES,
		fallback: DEFAULT_LATE_MINUTES,
	});
	const settlingSeconds = readInteger('Settling Seconds', options.settlingSeconds, {
		min: 0,
		max: MAX_SETTLING_SECONDS,
		fallback: 0,
	});
	return {
		allowedLateness: BigInt(lateMinutes) * MINUTE,
		delay: BigInt(settlingSeconds) * SECOND,
		learningPeriod: BigInt(learnDays) * DAY,
	};
}
