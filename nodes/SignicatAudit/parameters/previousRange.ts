import type { Window } from '../../shared/model/window';
import { InvalidParameterError } from '../../shared/parameters/invalidParameter';
import { type CalendarPeriod, CALENDAR_PERIODS, previousCalendarWindow } from './calendar';
import { MIN_INSTANT } from '../../shared/parameters/readInstant';
import { readPeriod } from './range';

/**
 * The range to compare one with. For a calendar period it is the one before of the same kind, such as the
 * week before the previous week; for any other, the range of the same length that ends where it starts.
 *
 * @param period the value of Period
 * @param window as `readRange` returns it for that period
 * @throws InvalidParameterError if it would start before the year 2000
 */
export function previousRange(
	period: unknown,
	window: Window,
	{ timeZone }: { timeZone: string },
): Window {
	const name = readPeriod(period);
	const previous = isCalendarPeriod(name)
		? previousCalendarWindow(name, window, { timeZone })
		: { from: window.from - (window.to - window.from), to: window.from };
	if (previous.from >= MIN_INSTANT) return previous;
	throw new InvalidParameterError(
		'Compare With',
		'the previous period starts before the year 2000',
		{
			description: "Choose a shorter range, or set 'Compare With' to 'Nothing'.",
		},
	);
}

function isCalendarPeriod(period: string): period is CalendarPeriod {
	return (CALENDAR_PERIODS as readonly string[]).includes(period);
}
