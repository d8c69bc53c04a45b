import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../nodes/SignicatAudit/digest/digest';
import { digestHtml } from '../../../nodes/SignicatAudit/digest/digestHtml';
import { digestSlack } from '../../../nodes/SignicatAudit/digest/digestSlack';
import { digestText } from '../../../nodes/SignicatAudit/digest/digestText';
import { type ZoneClock, zoneClock } from '../../../nodes/SignicatAudit/digest/digestTime';
import { viewDigest } from '../../../nodes/SignicatAudit/digest/digestView';
import { EventCounter } from '../../../nodes/SignicatAudit/digest/eventCounter';
import { columnsOf, GROUP_KEYS, isGroupKey } from '../../../nodes/SignicatAudit/digest/groupBy';
import { DAY, parseTimestamp } from '../../../nodes/shared/model/instant';
import type { AuditEvent } from '../../../nodes/shared/model/event';
import { runs } from '../../support/seed';

const TO = '2026-11-02T00:00:00Z';

interface Options {
	/** Names of Group By; any other one is a property. */
	groupBy?: string[];
	topN?: number;
	minimumCount?: number;
	maxGroups?: number;
	timeZone?: string;
	previous?: Array<Partial<AuditEvent>>;
}

const clocks: Record<string, ZoneClock> = {};

function render(list: Array<Partial<AuditEvent>>, options: Options = {}) {
	const { groupBy = ['userId'], topN = 10, minimumCount, maxGroups, timeZone = 'UTC' } = options;
	const { previous } = options;
	const clock = clocks[timeZone] ?? (clocks[timeZone] = zoneClock(timeZone));
	const columns = columnsOf(
		groupBy.filter(isGroupKey),
		groupBy.filter((name) => !isGroupKey(name)),
	);
	const countOf = (counted: Array<Partial<AuditEvent>>) => {
		const counter = new EventCounter({ columns, clock, maxGroups });
		for (const event of counted) {
			counter.add({ cursor: 'c', timestamp: '2026-11-01T12:34:56.1234567Z', ...event });
		}
		return counter;
	};
	const to = parseTimestamp(TO) ?? 0n;
	const window = { from: to - DAY, to };
	const digest = digestOf(countOf(list), {
		topN,
		minimumCount,
		...(previous && { previous: countOf(previous) }),
	});
	const previousWindow = { from: window.from - DAY, to: window.from };
	const context = { window, previousWindow, columns, minimumCount, timeZone, clock };
	const view = viewDigest(digest, context);
	return { text: digestText(view), slack: digestSlack(view), html: digestHtml(view) };
}

/** The value that plain text shows: without quotes, and with full-width characters restored. */
const shownText = (text: string) =>
	text
		.replace(/\\(?=["\\])/g, '')
		.replaceAll('＜', '<')
		.replaceAll('＞', '>')
		.replaceAll('＆', '&')
		.replaceAll('＠', '@');

/** What a mail client shows: without tags, and with entities decoded. */
const shownHtml = (html: string) =>
	html
		.replace(/<[^>]*>/g, '')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&amp;', '&');

const shownSlack = (slack: string) =>
	slack
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&')
		.replaceAll('\u2060', '')
		.replaceAll('ˋ', '`');

/** Text with everything that a format could interpret. */
const nasty = fc
	.array(
		fc.oneof(
			fc.constantFrom(...'&<>"\'*_~`:@#|=+-\n\r\t\u0000\u2028\u2029\u0085\u202e\ud800'),
			fc.constantFrom('<!channel>', '<script>', '&lt;', '😀', '://', 'abc', ' ', '```', '\r\n'),
			fc.string({ unit: 'binary', maxLength: 5 }),
		),
		{ maxLength: 150 },
	)
	.map((parts) => parts.join(''));

const events = fc.array(
	fc.record(
		{
			serviceName: nasty,
			eventType: nasty,
			userId: fc.option(nasty),
			clientId: nasty,
			ipAddress: nasty,
			sandbox: fc.boolean(),
			timestamp: fc.oneof(fc.constantFrom('2026-11-01T00:00:00Z', 'never'), nasty),
		},
		{ requiredKeys: [] },
	),
	{ minLength: 1, maxLength: 40 },
);

const keys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS, 'sandbox'), { minLength: 1 });

describe('a rendered digest', () => {
	test('says what there is, with times in the time zone of the workflow', () => {
		const list = [
			...Array<object>(1200).fill({ serviceName: 'Broker', eventType: 'authn_response' }),
			{ serviceName: 'mobileid', timestamp: '2026-11-01T00:00:00Z' },
			{ serviceName: 'mobileid' },
		];
		const groupBy = ['serviceName', 'eventType'];
		const { text, slack, html } = render(list, { groupBy, timeZone: 'Europe/Oslo' });
		expect(text).toBe(
			[
				'Signicat audit log: 1,202 events',
				'2026-11-01 01:00 – 2026-11-02 01:00 (Europe/Oslo)',
				'',
				'Service Name · Event Type:',
				'- "Broker" · "authn_response": 1,200 (2026-11-01 13:34)',
				'- "mobileid" · (none): 2 (2026-11-01 01:00 – 2026-11-01 13:34)',
			].join('\n'),
		);
		expect(slack).toBe(
			[
				'*Signicat audit log: 1,202 events*',
				'2026-11-01 01:00 – 2026-11-02 01:00 (Europe/Oslo)',
				'',
				'Service Name · Event Type:',
				'• `Broker` · `authn_response`: *1,200* (2026-11-01 13:34)',
				'• `mobileid` · (none): *2* (2026-11-01 01:00 – 2026-11-01 13:34)',
			].join('\n'),
		);
		expect(html).toContain('>1,200</td>');
		expect(shownHtml(html)).toContain('mobileid(none)22026-11-01 01:00 – 2026-11-01 13:34\n');
		expect(html).not.toMatch(/https?:|src=|class=|<style|undefined/);
	});

	test('of no events says so', () => {
		const { text, slack, html } = render([]);
		expect(text).toBe('Signicat audit log: No events\n2026-11-01 00:00 – 2026-11-02 00:00 (UTC)');
		expect(slack).toContain('*Signicat audit log: No events*\n2026-11-01 00:00 –');
		expect(shownHtml(html)).toContain('Signicat audit log: No events');
		expect(html).not.toContain('<table');
	});

	test('counts the groups beyond Top N in one line', () => {
		const list = ['a', 'a', 'b', 'c'].map((userId) => ({ userId }));
		for (const text of Object.values(render(list, { topN: 1 }))) {
			expect(text).toContain('and 2 more: 2 events');
		}
	});

	test.each([
		[['a'], '1 group: 1 event'],
		[['a', 'b', 'b'], '2 groups: 3 events'],
	])('counts all of %p in one line where none has the minimum count', (users, line) => {
		const list = users.map((userId) => ({ userId }));
		for (const text of Object.values(render(list, { minimumCount: 3 }))) {
			expect(text).toMatch(new RegExp(`\\b${line}\\b`));
		}
	});

	test('says that not every group could be told apart', () => {
		const list = ['a', 'b', 'c', 'c'].map((userId) => ({ userId }));
		for (const text of Object.values(render(list, { maxGroups: 2 }))) {
			expect(text).toContain('and at least 1 more: 2 events');
			expect(text).toContain('There are more than 2 groups.');
		}
	});

	test.each([
		'<script>alert(1)</script>',
		'<!channel>',
		'<https://example.com|click>',
		'*bold*',
		'_x_',
		'~x~',
		':smile:',
		'`code`',
		'=1+1',
		'&amp;',
		'&lt;!channel&gt;',
		'@channel',
		'@here',
		'@bob',
		'user@example.com',
		'CORP\\bob',
		'a" b',
		'"><img src=x onerror=alert(1)>',
		'{{ $json.x }}',
		'null',
		'日本語 नमस्ते ไม่ได้ Đỗ 🇳🇴 👍🏽',
		'123456789012345678901234567890',
	])('shows %s as these characters', (userId) => {
		const { text, slack, html } = render([{ userId }]);
		expect(shownText(text)).toContain(`- "${userId}": 1`);
		expect(shownSlack(slack)).toContain(`• \`${userId}\`: *1*`);
		expect(shownHtml(html)).toContain(`${userId}1`);
	});

	test.each([
		['a missing value', undefined, '(none)'],
		['null', null, '(none)'],
		['an empty text', '', '(empty)'],
	])('shows %s', (_what, userId, shown) => {
		const { text, slack, html } = render([{ userId }]);
		expect(text).toContain(`- ${shown}: 1`);
		expect(slack).toContain(`• ${shown}: *1*`);
		expect(shownHtml(html)).toContain(`${shown}1`);
	});

	test.each([
		['white space', ' \n ', '‹U+0020›↵‹U+0020›'],
		['spaces that HTML would take away', ' a  b ', '‹U+0020›a ‹U+0020›b‹U+0020›'],
		['other spaces', 'a\u00a0b\u3000c\u2800', 'a‹U+00A0›b‹U+3000›c‹U+2800›'],
		['line breaks', 'a\r\nb\nc\u2028d\u0085e', 'a‹U+000D›↵b↵c‹U+2028›d‹U+0085›e'],
		['the sign of a line break', 'a↵b', 'a‹U+21B5›b'],
		['a tab', 'a\tb', 'a‹U+0009›b'],
		['control characters', 'a\u0000\u001bb', 'a‹U+0000›‹U+001B›b'],
		['text turned around', 'a\u202eb', 'a‹U+202E›b'],
		['half a character pair', 'a\ud83d', 'a‹U+D83D›'],
		['what has no width', 'a\u200b\u2060\ufeff\u00ad', 'a‹U+200B›‹U+2060›‹U+FEFF›‹U+00AD›'],
		['tags', 'a\u{e0041}', 'a‹U+E0041›'],
		['variation selectors', '❤\ufe0f', '❤‹U+FE0F›'],
		['letters joined', '👩\u200d🚀', '👩‹U+200D›🚀'],
		['fillers', '\u3164\u115f', '‹U+3164›‹U+115F›'],
		['what looks like a number of a character', '‹U+200B›', '‹U+2039›U+200B›'],
		['a letter written in another way', 'e\u0301\u212b', 'e‹U+0301›‹U+212B›'],
		['marks without a letter', '\u0301', '‹U+0301›'],
		['more marks than a letter has', 'a\u0332\u0332\u0332\u0332', 'a\u0332\u0332\u0332‹U+0332›'],
		['80 characters', '😀'.repeat(80), '😀'.repeat(80)],
	])('shows %s', (_what, userId, shown) => {
		const { text, slack, html } = render([{ userId }]);
		expect(text).toContain(`- "${shown}": 1`);
		expect(slack).toContain(`• \`${shown}\`: *1*`);
		expect(shownHtml(html)).toContain(`${shown}1`);
	});

	test.each([
		['81 characters', '😀'.repeat(81), '😀'.repeat(64)],
		['a megabyte', 'a'.repeat(1e6), 'a'.repeat(64)],
		['a flood of marks', `a${'\u0316'.repeat(200)}`, `a\u0316\u0316\u0316${'‹U+0316›'.repeat(7)}`],
	])(
		'shows the start of %s, and what tells it from others that start so',
		(_what, userId, start) => {
			const fingerprint = createHash('sha256').update(userId, 'utf16le').digest('hex').slice(0, 12);
			const shown = `${start}‹…${fingerprint}›`;
			for (const text of Object.values(render([{ userId }]))) expect(text).toContain(shown);
			for (const text of Object.values(render([{ userId: `${userId}b` }]))) {
				expect(text).not.toContain(shown);
				expect(text).toContain(`${start}‹…`);
			}
		},
	);

	test.each([
		'x: 5 (2026-11-01 12:34)',
		'x · y',
		'(none)',
		'x": 5 (2026-11-01 12:34)\n- "y',
		'" · "',
		'x`: *5*\n• `y',
		'and 12 more: 345 events',
	])('a name such as %j is no figure and no other line', (userId) => {
		const { text, slack, html } = render([{ userId }]);
		expect(text.split('\n')).toHaveLength(5);
		expect(text).toMatch(/\n- "(?:[^"\\]|\\.)*": 1 \(2026-11-01 12:34\)$/);
		expect(slack.split('\n')).toHaveLength(5);
		expect(slack).toMatch(/\n• `[^`]*`: \*1\* \(2026-11-01 12:34\)$/);
		expect(html.match(/<td|<th scope="row"/g)).toHaveLength(3);
	});

	test('text that is read from right to left changes nothing around it', () => {
		const userId = 'אבג 999';
		const { text, slack } = render([{ userId }]);
		expect(text).toContain(`- \u2068"${userId}"\u2069: 1 (`);
		expect(slack).toContain(`• \u2068\`${userId}\`\u2069: *1* (`);
	});

	test('days, hours, and true and false are shown as they are', () => {
		const { text, slack, html } = render([{ sandbox: true }], {
			groupBy: ['day', 'hour', 'sandbox'],
		});
		const shown = '2026-11-01 · 2026-11-01 12:00 · true';
		expect(text).toContain(`- ${shown}: 1 `);
		expect(slack).toContain(`• ${shown}: *1* `);
		expect(shownHtml(html)).toContain('2026-11-012026-11-01 12:00true1');
	});

	test('shows numbers and objects, should the API send them', () => {
		const list = [{ userId: 7 }, { userId: { a: 1 } }] as object[];
		const { text } = render(list);
		expect(text).toContain('- 7: 1');
		expect(text).toContain('- "{\\"a\\":1}": 1');
	});
});

describe('a rendered digest that is compared', () => {
	const times = (userId: string | null, count: number) =>
		Array<object>(count).fill({ userId, timestamp: '2026-11-01T12:34:56Z' });
	const now = [
		...times('rose', 1200),
		...times('fell', 3),
		...times('same', 2),
		...times('fresh', 1),
	];
	const before = [
		...times('rose', 1000),
		...times('fell', 900),
		...times('same', 2),
		...times('gone', 40),
	];

	test('says what was before, what changed, what is new and what has ended', () => {
		const { text, slack, html } = render(now, { previous: before });
		expect(text).toBe(
			[
				'Signicat audit log: 1,206 events',
				'2026-11-01 00:00 – 2026-11-02 00:00 (UTC)',
				'Before: 1,942 events (2026-10-31 00:00 – 2026-11-01 00:00) · ▼ −736 (−37.9%)',
				'',
				'User ID:',
				'- "rose": 1,200 ▲ +200 (+20%), before 1,000 (2026-11-01 12:34)',
				'- "fell": 3 ▼ −897 (−99.7%), before 900 (2026-11-01 12:34)',
				'- "same": 2 = unchanged (2026-11-01 12:34)',
				'- "fresh": 1 ▲ new (2026-11-01 12:34)',
				'- "gone": 0 ▼ ended, before 40',
			].join('\n'),
		);
		expect(slack).toBe(
			[
				'*Signicat audit log: 1,206 events*',
				'2026-11-01 00:00 – 2026-11-02 00:00 (UTC)',
				'Before: 1,942 events (2026-10-31 00:00 – 2026-11-01 00:00) · ▼ −736 (−37.9%)',
				'',
				'User ID:',
				'• `rose`: *1,200* ▲ +200 (+20%), before 1,000 (2026-11-01 12:34)',
				'• `fell`: *3* ▼ −897 (−99.7%), before 900 (2026-11-01 12:34)',
				'• `same`: *2* = unchanged (2026-11-01 12:34)',
				'• `fresh`: *1* ▲ new (2026-11-01 12:34)',
				'• `gone`: *0* ▼ ended, before 40',
			].join('\n'),
		);
		const lines = html
			.replace(/<\/(?:th|td)>/g, '|')
			.split('\n')
			.map(shownHtml);
		expect(lines).toEqual(
			expect.arrayContaining([
				'Before: 1,942 events (2026-10-31 00:00 – 2026-11-01 00:00) · ▼ −736 (−37.9%)',
				'User ID|Events|Before|Change|First – Last|',
				'rose|1,200|1,000|▲ +200 (+20%)|2026-11-01 12:34|',
				'fell|3|900|▼ −897 (−99.7%)|2026-11-01 12:34|',
				'same|2|2|= unchanged|2026-11-01 12:34|',
				'fresh|1|0|▲ new|2026-11-01 12:34|',
				'gone|0|40|▼ ended||',
			]),
		);
	});

	test('counts what is not listed in both periods', () => {
		for (const text of Object.values(render(now, { previous: before, topN: 2 }))) {
			expect(text).toContain('and 3 more: 3 events, before 42');
		}
	});

	test('of a log that fell silent says what was there', () => {
		const { text, slack, html } = render([], { previous: times('gone', 40) });
		expect(text.split('\n')).toEqual([
			'Signicat audit log: No events',
			'2026-11-01 00:00 – 2026-11-02 00:00 (UTC)',
			'Before: 40 events (2026-10-31 00:00 – 2026-11-01 00:00) · ▼ −40 (−100%)',
			'',
			'User ID:',
			'- "gone": 0 ▼ ended, before 40',
		]);
		expect(slack).toContain('• `gone`: *0* ▼ ended, before 40');
		expect(html).toContain('▼ ended');
	});

	test('of two periods without events has no table', () => {
		const { text, slack, html } = render([], { previous: [] });
		expect(text).toBe(
			[
				'Signicat audit log: No events',
				'2026-11-01 00:00 – 2026-11-02 00:00 (UTC)',
				'Before: No events (2026-10-31 00:00 – 2026-11-01 00:00) · = unchanged',
			].join('\n'),
		);
		expect(slack).toContain('· = unchanged');
		expect(html).not.toContain('<table');
	});

	test('has no percentage of nothing, and none that rounds to nothing', () => {
		expect(render(times('a', 5), { previous: [] }).text).toContain(') · ▲ +5\n');
		const { text } = render(times('a', 9999), { previous: times('a', 10_000) });
		expect(text).toContain('- "a": 9,999 ▼ −1, before 10,000');
	});

	test('says where it does not know what was before', () => {
		const many = ['a', 'b', 'c'].flatMap((userId) => times(userId, 2));
		const { text, slack, html } = render(times('new?', 4), { previous: many, maxGroups: 2 });
		expect(text).toContain('- "new?": 4, before unknown (2026-11-01 12:34)');
		expect(slack).toContain('• `new?`: *4*, before unknown (2026-11-01 12:34)');
		expect(shownHtml(html)).toContain('new?4unknown2026-11-01 12:34');
		for (const said of [text, slack, html]) {
			expect(said).toContain('The previous period has more groups than can be counted separately.');
			expect(said).toContain('Groups that may be among the others are not compared.');
			expect(said).not.toMatch(/▲ new|= unchanged/);
		}
	});

	test('stays within what Slack takes, every event of both periods counted', () => {
		const topN = fc.constantFrom(1, 5, 1000);
		const maxGroups = fc.constantFrom(3, 10_000);
		fc.assert(
			fc.property(
				fc.tuple(events, events),
				keys,
				fc.tuple(topN, maxGroups, fc.constantFrom(1, 3)),
				([list, previous], groupBy, [top, most, minimumCount]) => {
					const options = { groupBy, topN: top, maxGroups: most, minimumCount, previous };
					const { slack, text } = render(list, options);
					expect(slack.length).toBeLessThanOrEqual(2900);
					const number = (digits: string | undefined) => Number((digits ?? '0').replace(/,/g, ''));
					const remaining =
						/^(?:and )?(?:at least )?\d+ (?:more|groups?): (\d+) events?, before (\d+)$/m.exec(
							slack,
						);
					const lines = [...slack.matchAll(/^• .*: \*([\d,]+)\*([^*\n]*)$/gmu)];
					const now = lines.reduce((sum, [, n]) => sum + number(n), number(remaining?.[1]));
					expect(now).toBe(list.length);
					const past = lines.reduce((sum, [, n, rest = '']) => {
						if (rest.startsWith(' = unchanged')) return sum + number(n);
						return sum + number(/before ([\d,]+)/.exec(rest)?.[1]);
					}, number(remaining?.[2]));
					expect(past).toBe(previous.length);
					expect(text).toContain(
						`· ${list.length === previous.length ? '=' : list.length > previous.length ? '▲' : '▼'}`,
					);
				},
			),
		);
	});
});

describe('a rendered digest with a minimum', () => {
	const list = ['a', 'a', 'a', 'b', 'b', 'c'].map((userId) => ({ userId }));

	test('says how many groups it leaves out', () => {
		for (const text of Object.values(render(list, { minimumCount: 3 }))) {
			expect(text).toContain('and 2 more: 3 events');
			expect(text).toContain('2 groups are not listed: fewer than 3 events.');
		}
	});

	test('says so if it leaves out every group', () => {
		const { text, slack, html } = render(list, { minimumCount: 9 });
		expect(text.split('\n')).toEqual([
			'Signicat audit log: 6 events',
			'2026-11-01 00:00 – 2026-11-02 00:00 (UTC)',
			'',
			'3 groups: 6 events',
			'',
			'3 groups are not listed: fewer than 9 events.',
		]);
		expect(slack.split('\n').slice(1)).toEqual(text.split('\n').slice(1));
		expect(shownHtml(html)).toContain('\n3 groups: 6 events\n');
		expect(html).not.toContain('<th');
	});

	test('speaks of both periods if it compares them', () => {
		const { text } = render(list, { minimumCount: 3, previous: [{ userId: 'd' }] });
		expect(text).toContain(
			'3 groups are not listed: fewer than 3 events in each of the two periods.',
		);
	});
});

describe('the names of properties', () => {
	test('are shown as they are, or like values where they hold more than letters', () => {
		const { text, slack, html } = render([{ indexedData: { Idp: 'nbid' } }] as object[], {
			groupBy: ['userId', 'Idp', '<!channel>'],
		});
		expect(text).toContain('\nUser ID · Idp · "＜!channel＞":\n- (none) · "nbid" · (none): 1 (');
		expect(slack).toContain(
			'\nUser ID · Idp · `&lt;!channel&gt;`:\n• (none) · `nbid` · (none): *1* (',
		);
		expect(html).toContain('>&lt;!channel&gt;</th>');
	});

	test('and the longest values of all columns leave room for a group in Slack', () => {
		const names = Array.from({ length: 5 }, (_, i) => `${i}${'&'.repeat(1999)}`);
		const longest = (i: number) => `${i}${'&'.repeat(1000)}`;
		const list = Array.from({ length: 20 }, (_, i) => ({
			serviceName: longest(i),
			eventType: longest(i),
			userId: longest(i),
			clientId: longest(i),
			ipAddress: longest(i),
			indexedData: Object.fromEntries(names.map((name) => [name, longest(i)])),
		})) as object[];
		const { slack, text } = render(list, {
			groupBy: [...GROUP_KEYS.filter((key) => key !== 'day' && key !== 'hour'), ...names],
			minimumCount: 2,
			maxGroups: 10,
			topN: 5,
			previous: [...list.slice(3), ...list.slice(3), ...list.slice(3)],
			timeZone: 'America/Argentina/ComodRivadavia',
		});
		expect(text.length).toBeGreaterThan(2900);
		expect(slack.length).toBeLessThanOrEqual(2900);
		expect(slack.match(/^• /gm)?.length).toBeGreaterThan(0);
	});
});

describe('two values', () => {
	/** What people see: without invisible characters, and the same for both encodings of a letter. */
	const appearance = (text: string) =>
		text
			.replace(/(?!‹)[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
			.normalize('NFC')
			.replace(/[\s\u2800]+/g, ' ')
			.trim();

	const unseen = fc.constantFrom(
		...[
			'\u200b',
			'\u200d',
			'\ufe0f',
			'\ufe0e',
			'\u{e0100}',
			'\u{e0041}',
			'\u00ad',
			'\u2066',
			'\u061c',
		],
		...[
			'\u0301',
			'e',
			'é',
			'\u212b',
			'Å',
			'\u0323',
			' ',
			'\u00a0',
			'\t',
			'\n',
			'\r',
			'\u2028',
			'↵',
			'\u0000',
		],
		...[
			'\ud800',
			'\udc00',
			'\u{10ffff}',
			'\ue000',
			'\u3164',
			'\u2800',
			'\u1160',
			'\u180e',
			'\u034f',
			'‹',
			'›',
		],
		...[
			'U+200B',
			'"',
			'\\',
			'`',
			'ˋ',
			'<',
			'＜',
			'&',
			'＆',
			'@',
			'＠',
			'&lt;',
			'(none)',
			'true',
			'7',
			'👩',
			'א',
		],
	);
	const value = fc.oneof(
		fc.array(unseen, { maxLength: 6 }).map((all) => all.join('')),
		fc.array(unseen, { maxLength: 3 }).map((all) => 'a'.repeat(79) + all.join('')),
		fc.constantFrom(
			null,
			true,
			false,
			7,
			'7',
			'null',
			'(none)',
			'(empty)',
			'',
			'7 ‹number›',
			'"7"',
			'"true"',
		),
	);

	test('that differ look different, in every medium', () => {
		fc.assert(
			fc.property(value, value, (first, second) => {
				fc.pre(first !== second);
				const [a, b] = [
					render([{ userId: first as string }]),
					render([{ userId: second as string }]),
				];
				expect(appearance(a.text)).not.toBe(appearance(b.text));
				expect(appearance(shownSlack(a.slack))).not.toBe(appearance(shownSlack(b.slack)));
				expect(appearance(shownHtml(a.html))).not.toBe(appearance(shownHtml(b.html)));
			}),
			{ numRuns: runs(1000) },
		);
	});
});

describe('whatever the events hold', () => {
	test('plain text has one line for each group', () => {
		fc.assert(
			fc.property(events, keys, (list, groupBy) => {
				const { text } = render(list, { groupBy, topN: 1000 });
				const [, , , , ...lines] = text.split('\n');
				for (const line of lines) {
					expect(line).toMatch(/^- .*: \d+( \([-\d :–]+\))?$/u);
					const cell = /\u2068?"(?:[^"\\]|\\["\\])*"\u2069?/gu;
					expect(line.replace(cell, 'V')).toMatch(
						/^- (?:V|true|false|[-\d :]+|\(none\)|\(empty\))(?: · (?:V|true|false|[-\d :]+|\(none\)|\(empty\)))*: \d+(?: \([-\d :–]+\))?$/,
					);
					expect(line).not.toMatch(/[<>]|&(?:lt|gt|amp);|@(?:channel|here|everyone)/i);
					expect(line).not.toMatch(/[\p{Cc}\p{Surrogate}\u2028\u2029\u202e]/u);
				}
			}),
		);
	});

	test('Slack gets at most 3,000 characters, every event counted, and at least one group', () => {
		const topN = fc.constantFrom(1, 5, 1000);
		fc.assert(
			fc.property(events, keys, topN, fc.constantFrom(3, 10_000), (list, groupBy, top, most) => {
				const { slack } = render(list, { groupBy, topN: top, maxGroups: most });
				expect(slack.length).toBeLessThan(3000);
				const counts = [...slack.matchAll(/^• .*: \*([\d,]+)\*/gmu)].map(([, n]) => Number(n));
				const remaining = /^and (?:at least )?\d+ more: (\d+) events?$/m.exec(slack)?.[1] ?? 0;
				expect(counts.length).toBeGreaterThan(0);
				expect(counts.reduce((sum, n) => sum + n, Number(remaining))).toBe(list.length);
			}),
		);
	});

	test('Slack sees values in code alone, and no control sequence', () => {
		fc.assert(
			fc.property(events, keys, (list, groupBy) => {
				const { slack } = render(list, { groupBy });
				expect(slack).not.toMatch(/[<>]/);
				expect(slack).not.toMatch(/&(?!lt;|gt;|amp;)/);
				expect(slack).not.toMatch(/@(channel|here|everyone)/i);
				const [, , , , ...lines] = slack.split('\n');
				for (const line of lines) {
					const outside = line.replace(/\u2068?`[^`\s]([^`]*[^`\s])?`\u2069?/gu, 'V');
					expect(outside).toMatch(
						/^(• (V|true|false|[-\d :]+|\(none\)|\(empty\))( · (V|true|false|[-\d :]+|\(none\)|\(empty\)))*: \*\d+\*( \([-\d :–]+\))?|and \d+ more: \d+ events?)$/,
					);
				}
			}),
		);
	});

	test('HTML has no tag and no attribute but its own', () => {
		const tag =
			/<\/?(?:div|h1|p|span|table|tr|th|td)(?: (?:lang|style|align|scope|bgcolor|colspan|cellpadding|cellspacing|border)="[^"<>]*")*>/g;
		fc.assert(
			fc.property(events, keys, (list, groupBy) => {
				const { html } = render(list, { groupBy });
				expect(html.replace(tag, '')).not.toMatch(/[<>"']/);
				expect(html).not.toMatch(/&(?!(?:lt|gt|amp|quot|#39);)/);
			}),
		);
	});

	test('a thousand long lines are cut with how many more there are', () => {
		const list = Array.from({ length: 1000 }, (_, i) => ({ userId: `${'&'.repeat(60)}${i}` }));
		const { slack } = render(list, { topN: 900 });
		const shown = slack.match(/^• /gm)?.length ?? 0;
		expect(shown).toBeGreaterThan(5);
		expect(slack).toContain(`and ${1000 - shown} more: ${1000 - shown} events`);
		expect(slack.length).toBeLessThan(3000);
		expect(slack.length).toBeGreaterThan(2000);
	});

	test('short lines fill what Slack takes', () => {
		const list = Array.from({ length: 1000 }, (_, i) => ({
			sandbox: i as never,
			timestamp: 'never',
		}));
		const { slack } = render(list, { groupBy: ['sandbox'], topN: 1000 });
		expect(slack.length).toBeLessThan(3000);
		expect(slack.length).toBeGreaterThan(2850);
	});

	test('the longest values, by all keys and with a note, leave room for a group in Slack', () => {
		const list = Array.from({ length: 20 }, (_, i) => {
			const longest = `${i}${'&'.repeat(1000)}`;
			return {
				serviceName: longest,
				eventType: longest,
				userId: longest,
				clientId: longest,
				ipAddress: longest,
				sandbox: true,
			};
		});
		const timeZone = 'America/Argentina/ComodRivadavia';
		const { slack } = render(list, {
			groupBy: [...GROUP_KEYS, 'sandbox'],
			maxGroups: 10,
			timeZone,
		});
		expect(slack.length).toBeLessThan(3000);
		expect(slack.match(/^• /gm)).toHaveLength(1);
		expect(slack).toContain('and at least 10 more: 19 events');
	});
});
