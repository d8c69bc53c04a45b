import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderMrkdwn } from '../../../dev/receivers/inbox/mrkdwn';

const rendered = (text: string) => renderMrkdwn(text).text;

describe('A Slack message as HTML', () => {
	test.each([
		[
			'*bold* and _italic_ and ~struck~',
			'<strong>bold</strong> and <em>italic</em> and <s>struck</s>',
		],
		['2*3*4, a_b_c', '2*3*4, a_b_c'],
		['*with `code`*', '<strong>with <code>code</code></strong>'],
		['`*not bold*`', '<code>*not bold*</code>'],
		['```a\n<b>```', '<pre>a\n&lt;b&gt;</pre>'],
		['&lt;!channel&gt; &amp;amp;', '&lt;!channel&gt; &amp;amp;'],
		[
			'<!channel> <@U0042>',
			'<span class="mention">@channel</span> <span class="mention">@U0042</span>',
		],
		[':warning: 10:30:15 :unknown:', '⚠️ 10:30:15 :unknown:'],
		[
			'<https://example.com/a?b=1&amp;c=2|here>',
			'<a href="https://example.com/a?b=1&amp;c=2" rel="noreferrer" target="_blank">here</a>',
		],
		['<javascript:alert(1)|here>', '<span class="mention">here</span>'],
	])('%s', (text, expected) => {
		expect(rendered(text)).toBe(expected);
	});

	test('has only the tags of its formatting, whatever the text', () => {
		const pieces = fc.constantFrom(
			'<',
			'>',
			'"',
			"'",
			'&',
			'&lt;',
			'*',
			'_',
			'`',
			'```',
			'|',
			'a',
			' ',
			'https://x.example',
			'\uE000',
			'\uE001',
			'0',
			'\n',
		);
		fc.assert(
			fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
				const tags = rendered(parts.join('')).match(/<[^>]*>/g) ?? [];
				const known =
					/^<(\/?(strong|em|s|code|pre|span|a)|span class="mention"|a href="https:[^"<>]*" rel="noreferrer" target="_blank")>$/;
				expect(tags.filter((tag) => !known.test(tag))).toEqual([]);
			}),
		);
	});
});
