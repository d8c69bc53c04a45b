import type { AuditEvent } from '../../../nodes/shared/model/event';
import { timeOf } from '../../../nodes/shared/model/identity';
import { DAY, MILLISECOND, parseEventTime } from '../../../nodes/shared/model/instant';
import { CannotTell, type Checks, couldNotTell, doesNotHold, holds, judge } from '../fact';
import { describe, isRefused, readBody, readPage } from '../response';

const CUT = 'but times are shown to the millisecond, and may be kept more exactly';

export const rangeChecks: Checks = {
	async 'from-inclusive'(evidence) {
		const sample = await evidence.sample();
		const [{ cursor, timestamp: from }] = sample;
		const range = { ...(await evidence.range()), from };
		const { events, isComplete } = await evidence.search(range, 100);
		if (!isComplete) throw new CannotTell('the pages read were empty, and more are left');
		const isListed = events.some((event) => event.cursor === cursor);
		if (!isListed) return doesNotHold('an event exactly at from does not come');
		if (mayBeCut(sample)) return couldNotTell(`an event at from comes, ${CUT}`);
		return holds('an event exactly at from comes');
	},
	async 'to-exclusive'(evidence) {
		const sample = await evidence.sample();
		const [{ timestamp: to }] = sample;
		const { events } = await evidence.search({ ...(await evidence.range()), to }, 1);
		const isListed = events.some(({ timestamp }) => timestamp === to);
		if (isListed) return doesNotHold('an event at to comes');
		if (mayBeCut(sample)) return couldNotTell(`an event at to does not come, ${CUT}`);
		return holds('an event exactly at to does not come');
	},
	async 'range-60-days'(evidence) {
		const range = await evidence.range(61n * DAY);
		const response = await evidence.query(range, 1);
		if (isRefused(response)) return doesNotHold(`61 days: the query ${describe(response)}`);
		readPage(response);
		const answered = parseEventTime(String(readBody(response, 'the query').from));
		const asked = parseEventTime(range.from);
		if (answered === undefined || asked === undefined) return holds('61 days are accepted');
		const found = "61 days are accepted, and the answer's from is";
		const isWhole = answered / MILLISECOND === asked / MILLISECOND;
		return judge(isWhole, `${found} the one asked for`, `${found} another one`);
	},
	async 'timestamp-digits'(evidence) {
		const events = await evidence.sample();
		if (events.some((event) => timeOf(event) === undefined)) {
			return doesNotHold('a timestamp is no ISO 8601 date-time');
		}
		const digits = events.map(fractionalDigits).sort();
		const counts = [...new Set(digits)].map(
			(count) => `${count} digits in ${digits.filter((one) => one === count).length} events`,
		);
		const most = Math.max(...digits);
		const isUtc = events.every(({ timestamp }) => timestamp.endsWith('Z'));
		const zone = isUtc ? 'all end with Z' : 'not all end with Z';
		return judge(isUtc && most > 3 && most <= 7, `${counts.join(', ')}; ${zone}`);
	},
	async 'date-header'(evidence) {
		const { date } = (await evidence.first()).headers;
		return judge(!Number.isNaN(Date.parse(date ?? '')), 'there is one', 'there is none');
	},
};

function fractionalDigits({ timestamp }: AuditEvent): number {
	return /[.,](\d+)/.exec(timestamp)?.[1]?.length ?? 0;
}

/** Whether the API may keep times more exactly than it shows them: three digits may be what is left of more. */
function mayBeCut(events: AuditEvent[]): boolean {
	return events.every((event) => fractionalDigits(event) <= 3);
}
