import { zoneFormat } from '../model/zoneFormat';
import { InvalidParameterError } from './invalidParameter';

/** @throws InvalidParameterError for a time zone that does not exist */
export function checkTimeZone(timeZone: string): string {
	checkedFormat(timeZone);
	return timeZone;
}

/**
 * The format of local time in the time zone of the workflow.
 *
 * @throws InvalidParameterError for a time zone that does not exist
 */
export function checkedFormat(timeZone: string): Intl.DateTimeFormat {
	const format = formatFor(timeZone);
	if (format) return format;
	throw new InvalidParameterError('Workflow Settings > Timezone', 'not a known time zone', {
		description:
			"Open the workflow settings and choose a different 'Timezone'. If the default is selected, it comes from the GENERIC_TIMEZONE environment variable of your n8n instance.",
	});
}

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
	try {
		return zoneFormat(timeZone);
	} catch {
		return undefined;
	}
}
