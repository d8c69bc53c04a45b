import { describeFailure, isRecord, isRefused, readPage } from '../answer.mjs';
import { CannotTell, couldNotTell, doesNotHold, holds, judge } from '../outcome.mjs';
import { daysBefore, fractionalDigits, mayBeCut } from '../timestamp.mjs';

const LONG_RANGE_DAYS = 61;
const CUT = 'but times are shown to the millisecond, and may be kept more exactly';

/** @type {import('../facts.mjs').Fact[]} */
export const rangeFacts = [
	{
		id: 'from-inclusive',
		anchor: 'from-inclusive',
		states: 'from is inclusive',
		async check(evidence) {
			const [newest] = await evidence.sample();
			const { to } = await evidence.range();
			const range = { from: newest.timestamp, to };
			const { isComplete, answer, events } = await evidence.search(range, 100);
			readPage(answer);
			if (!isComplete) throw new CannotTell('the pages read were empty, and more are left');
			const isListed = events.some(({ cursor }) => cursor === newest.cursor);
			if (!isListed) return doesNotHold('an event exactly at from does not come');
			const isCut = mayBeCut(await evidence.sample());
			return isCut
				? couldNotTell(`an event at from comes, ${CUT}`)
				: holds('an event exactly at from comes');
		},
	},
	{
		id: 'to-exclusive',
		anchor: 'range',
		states: 'to is exclusive',
		async check(evidence) {
			const [newest] = await evidence.sample();
			const { from } = await evidence.range();
			const { answer, events } = await evidence.search({ from, to: newest.timestamp }, 1);
			readPage(answer);
			const isListed = events.some(({ timestamp }) => timestamp === newest.timestamp);
			if (isListed) return doesNotHold('an event at to comes');
			const isCut = mayBeCut(await evidence.sample());
			return isCut
				? couldNotTell(`an event at to does not come, ${CUT}`)
				: holds('an event exactly at to does not come');
		},
	},
	{
		id: 'range-60-days',
		anchor: 'range-60-days',
		states: 'from and to may be more than 60 days apart',
		async check(evidence) {
			const { to } = await evidence.range();
			const from = daysBefore(to, LONG_RANGE_DAYS);
			const answer = await evidence.query({ from, to }, 1);
			if (isRefused(answer)) {
				return doesNotHold(`${LONG_RANGE_DAYS} days: the query ${describeFailure(answer)}`);
			}
			readPage(answer);
			const answered = isRecord(answer.body) ? Date.parse(String(answer.body.from)) : NaN;
			if (Number.isNaN(answered)) return holds(`${LONG_RANGE_DAYS} days are accepted`);
			const isWhole = answered === Date.parse(from);
			const found = `${LONG_RANGE_DAYS} days are accepted, and the answer's from is ${isWhole ? 'the one asked for' : 'another one'}`;
			return judge(isWhole, found);
		},
	},
	{
		id: 'timestamp-digits',
		anchor: 'timestamp-digits',
		states: 'Timestamps are in UTC, with up to seven fractional digits',
		async check(evidence) {
			const events = await evidence.sample();
			const digits = events.map(({ timestamp }) => fractionalDigits(timestamp));
			if (digits.includes(undefined)) return doesNotHold('a timestamp is no ISO 8601 date-time');
			const counts = new Map();
			for (const count of digits.sort()) counts.set(count, (counts.get(count) ?? 0) + 1);
			const found = [...counts]
				.map(([count, events]) => `${count} digits in ${events} events`)
				.join(', ');
			const most = Math.max(...digits);
			const isUtc = events.every(({ timestamp }) => timestamp.endsWith('Z'));
			const zone = isUtc ? 'all end with Z' : 'not all end with Z';
			return judge(isUtc && most > 3 && most <= 7, `${found}; ${zone}`);
		},
	},
	{
		id: 'date-header',
		anchor: 'date-header',
		states: 'Answers carry a Date header, the clock of Signicat',
		async check(evidence) {
			const { headers } = await evidence.firstAnswer();
			const at = Date.parse(headers.get('date') ?? '');
			return judge(!Number.isNaN(at), Number.isNaN(at) ? 'there is none' : 'there is one');
		},
	},
];
