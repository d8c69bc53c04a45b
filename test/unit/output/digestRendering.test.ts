import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventCounter, GROUP_KEYS, type GroupKey } from '../../../nodes/shared/output/digest';
import { digestHtml } from '../../../nodes/shared/output/digestHtml';
import { digestSlack } from '../../../nodes/shared/output/digestSlack';
import { digestText } from '../../../nodes/shared/output/digestText';
import { zoneClock } from '../../../nodes/shared/output/digestTime';
import { viewDigest } from '../../../nodes/shared/output/digestView';
import { DAY, parseTimestamp } from '../../../nodes/shared/reading/timestamp';
import type { AuditEvent } from '../../../nodes/shared/reading/types';

const TO = '2026-11-02T00:00:00Z';

interface Options {
	groupBy?: GroupKey[];
	topN?: number;
	mostGroups?: number;
	timeZone?: string;
}

function render(list: Array<Partial<AuditEvent>>, options: Options = {}) {
	const { groupBy = ['userId'], topN = 10, mostGroups, timeZone = 'UTC' } = options;
	const clock = zoneClock(timeZone);
	const counter = new EventCounter({ groupBy, clock, mostGroups });
	for (const event of list) {
		counter.add({ cursor: 'c', timestamp: '2026-11-01T12:34:56.1234567Z', ...event });
	}
	const to = parseTimestamp(TO) ?? 0n;
	const window = { from: to - DAY, to };
	const view = viewDigest(counter.digest(topN), { window, groupBy, timeZone, clock });
	return { text: digestText(view), slack: digestSlack(view), html: digestHtml(view) };
}

/** What a mail client shows: the tags gone, the entities turned back. */
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

/** Text with everything in it that a medium could take for its own. */
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

const keys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1 });

describe('a rendered digest', () => {
	test('says what there is, with times in the time zone of the workflow', () => {
		const list = [
			...Array<object>(1200).fill({ serviceName: 'Broker', eventType: 'authn_response' }),
			{ serviceName: 'mobileid', timestamp: '2026-11-01T00:00:00Z' },
			{ serviceName: 'mobileid' },
		];
		const groupBy: GroupKey[] = ['serviceName', 'eventType'];
		const { text, slack, html } = render(list, { groupBy, timeZone: 'Europe/Oslo' });
		expect(text).toBe(
			[
				'Signicat audit log: 1,202 events',
				'2026-11-01 01:00 – 2026-11-02 01:00 (Europe/Oslo)',
				'',
				'Service Name · Event Type:',
				'- Broker · authn_response: 1,200 (2026-11-01 13:34)',
				'- mobileid · (none): 2 (2026-11-01 01:00 – 2026-11-01 13:34)',
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
		for (const said of Object.values(render(list, { topN: 1 }))) {
			expect(said).toContain('and 2 more: 2 events');
		}
	});

	test('says that not every group could be told apart', () => {
		const list = ['a', 'b', 'c', 'c'].map((userId) => ({ userId }));
		for (const said of Object.values(render(list, { mostGroups: 2 }))) {
			expect(said).toContain('and at least 1 more: 2 events');
			expect(said).toContain('There are more than 10,000 groups.');
		}
	});

	test.each([
		'<script>alert(1)</script>',
		'<!channel>',
		'*bold*',
		'_x_',
		'~x~',
		':smile:',
		'`code`',
		'=1+1',
		'&amp;',
		'@channel',
		'"><img src=x onerror=alert(1)>',
		'{{ $json.x }}',
		'null',
		'123456789012345678901234567890',
	])('shows %s as these characters', (userId) => {
		const { text, slack, html } = render([{ userId }]);
		expect(text).toContain(`- ${userId}: 1`);
		expect(shownSlack(slack)).toContain(`• \`${userId}\`: *1*`);
		expect(shownHtml(html)).toContain(`${userId}1`);
	});

	test.each([
		['a missing value', undefined, '(none)'],
		['null', null, '(none)'],
		['an empty text', '', '(empty)'],
		['white space', ' \n ', '(empty)'],
		['line breaks', 'a\r\nb\nc\u2028d\u0085e', 'a↵b↵c↵d↵e'],
		['a tab', 'a\tb', 'a b'],
		['control characters', 'a\u0000\u001bb', 'a��b'],
		['text turned around', 'a\u202eb', 'a�b'],
		['half a character pair', 'a\ud83d', 'a�'],
		['80 characters', '😀'.repeat(80), '😀'.repeat(80)],
		['more than that', '😀'.repeat(81), `${'😀'.repeat(79)}…`],
		['a megabyte', 'a'.repeat(1e6), `${'a'.repeat(79)}…`],
	])('shows %s', (_what, userId, shown) => {
		const { text, slack, html } = render([{ userId }]);
		expect(text).toContain(`- ${shown}: 1`);
		expect(slack.replaceAll('`', '')).toContain(`• ${shown}: *1*`);
		expect(shownHtml(html)).toContain(`${shown}1`);
	});

	test('shows numbers and objects, should the API send them', () => {
		const list = [{ userId: 7 }, { userId: { a: 1 } }] as object[];
		const { text } = render(list);
		expect(text).toContain('- 7: 1');
		expect(text).toContain('- {"a":1}: 1');
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
					expect(line).not.toMatch(/[\p{Cc}\p{Surrogate}\u2028\u2029\u202e]/u);
				}
			}),
		);
	});

	test('Slack gets at most 3,000 characters, every event counted, and at least one group', () => {
		const topN = fc.constantFrom(1, 5, 1000);
		fc.assert(
			fc.property(events, keys, topN, fc.constantFrom(3, 10_000), (list, groupBy, top, most) => {
				const { slack } = render(list, { groupBy, topN: top, mostGroups: most });
				expect(slack.length).toBeLessThan(3000);
				const counts = [...slack.matchAll(/^• .*: \*([\d,]+)\*/gmu)].map(([, n]) => Number(n));
				const more = /^and (?:at least )?\d+ more: (\d+) events?$/m.exec(slack)?.[1] ?? 0;
				expect(counts.length).toBeGreaterThan(0);
				expect(counts.reduce((sum, n) => sum + n, Number(more))).toBe(list.length);
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
					const outside = line.replace(/`[^`\s]([^`]*[^`\s])?`/gu, 'V');
					expect(outside).toMatch(
						/^(• (V|\(none\)|\(empty\))( · (V|\(none\)|\(empty\)))*: \*\d+\*( \([-\d :–]+\))?|and \d+ more: \d+ events?)$/,
					);
				}
			}),
		);
	});

	test('HTML has no tag and no attribute but its own', () => {
		const tag =
			/<\/?(?:div|p|span|table|tr|th|td|em|strong)(?: (?:style|align|scope|colspan|cellpadding|cellspacing|border)="[^"<>]*")*>/g;
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
		const { slack } = render(list, { groupBy: [...GROUP_KEYS], mostGroups: 10, timeZone });
		expect(slack.length).toBeLessThan(3000);
		expect(slack.match(/^• /gm)).toHaveLength(1);
		expect(slack).toContain('and at least 10 more: 19 events');
	});
});
