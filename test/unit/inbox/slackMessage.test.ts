import { describe, expect, test } from '@jest/globals';
import {
	checkMessage,
	linkButtons,
	type SlackBlock,
	type SlackMessage,
	visibleText,
} from '../../../dev/receivers/slackMessage';

const message = (fields: Partial<SlackMessage>): SlackMessage => ({
	channel: '#audit',
	text: '',
	...fields,
});
const withBlocks = (...blocks: SlackBlock[]) => message({ blocks });
const mrkdwn = (length: number) => ({ type: 'mrkdwn' as const, text: 'x'.repeat(length) });
const plain = (length: number) => ({ type: 'plain_text' as const, text: 'x'.repeat(length) });
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const button = (length: number) => ({
	type: 'button',
	text: plain(length),
	url: 'https://example.com',
});

describe('The limits of a Slack message', () => {
	test.each<[string, SlackMessage, SlackMessage, string]>([
		[
			'text',
			message({ text: 'x'.repeat(40_000) }),
			message({ text: 'x'.repeat(40_001) }),
			'msg_too_long',
		],
		['no text', message({ text: 'x' }), message({}), 'no_text'],
		[
			'blocks',
			withBlocks(...times(50, { type: 'divider' })),
			withBlocks(...times(51, { type: 'divider' })),
			'invalid_blocks',
		],
		[
			'text of a section',
			withBlocks({ type: 'section', text: mrkdwn(3000) }),
			withBlocks({ type: 'section', text: mrkdwn(3001) }),
			'invalid_blocks',
		],
		[
			'text of a header',
			withBlocks({ type: 'header', text: plain(150) }),
			withBlocks({ type: 'header', text: plain(151) }),
			'invalid_blocks',
		],
		[
			'kind of text of a header',
			withBlocks({ type: 'header', text: plain(1) }),
			withBlocks({ type: 'header', text: mrkdwn(1) }),
			'invalid_blocks',
		],
		[
			'text of a button',
			withBlocks({ type: 'actions', elements: [button(75)] }),
			withBlocks({ type: 'actions', elements: [button(76)] }),
			'invalid_blocks',
		],
		[
			'fields',
			withBlocks({ type: 'section', fields: times(10, mrkdwn(2000)) }),
			withBlocks({ type: 'section', fields: times(11, mrkdwn(1)) }),
			'invalid_blocks',
		],
		[
			'channel',
			message({ text: 'x', channel: 'C0123456789' }),
			message({ text: 'x', channel: 'Two Words' }),
			'channel_not_found',
		],
	])('%s', (_what, within, beyond, error) => {
		expect(checkMessage(within)).toBeUndefined();
		expect(checkMessage(beyond)?.error).toBe(error);
	});
});

test('The visible text is that of the blocks, with plain text escaped', () => {
	const shown = visibleText({
		channel: '#audit',
		text: 'only in notifications',
		blocks: [
			{ type: 'header', text: { type: 'plain_text', text: 'New <type>' } },
			{ type: 'divider' },
			{ type: 'section', text: { type: 'mrkdwn', text: '*Bold*' } },
			{ type: 'context', elements: [{ type: 'mrkdwn', text: 'Sent by n8n' }] },
			{ type: 'actions', elements: [button(3)] },
		],
	});
	expect(shown).toBe('*New &lt;type&gt;*\n\n*Bold*\n\nSent by n8n');
});

test('The buttons that lead somewhere are links', () => {
	const blocks = [{ type: 'actions', elements: [button(3), { type: 'button', text: plain(2) }] }];
	expect(linkButtons(withBlocks(...blocks))).toEqual([{ text: 'xxx', url: 'https://example.com' }]);
});
