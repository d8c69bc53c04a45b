/** A message as `chat.postMessage` takes it. */
export interface SlackMessage {
	channel: string;
	/** Empty if the message has only blocks. */
	text: string;
	blocks?: SlackBlock[];
	attachments?: unknown[];
}

interface SlackText {
	type: 'mrkdwn' | 'plain_text';
	text: string;
	emoji?: boolean;
}

interface SlackElement {
	type: string;
	text?: SlackText | string;
	url?: string;
}

/** The kinds of blocks that messages of n8n have; others are accepted as they are. */
export interface SlackBlock {
	type: string;
	text?: SlackText;
	fields?: SlackText[];
	elements?: SlackElement[];
}

/** https://docs.slack.dev/reference/methods/chat.postMessage and /reference/block-kit/blocks */
const MAX = {
	text: 40_000,
	blocks: 50,
	sectionText: 3000,
	fields: 10,
	fieldText: 2000,
	headerText: 150,
	buttonText: 75,
	buttonUrl: 3000,
	contextElements: 10,
	actionElements: 25,
};

/** The name of a channel with or without #, the ID of a channel or user, or the name of a user with @. */
const CHANNEL = /^(#?[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CDGUW][A-Z0-9]{8,}|@[\w.-]{1,80})$/u;

/** What Slack would not accept about a message. */
export interface SlackRefusal {
	/** Slack's code, such as `invalid_blocks`. */
	error: string;
	/** What exactly, for `response_metadata.messages`. */
	messages: string[];
}

/** Checks a message against the limits that Slack documents; undefined if it is within all of them. */
export function checkMessage(message: SlackMessage): SlackRefusal | undefined {
	const { channel, text, blocks = [], attachments = [] } = message;
	const refusal = (error: string, ...messages: string[]) => ({ error, messages });
	if (typeof channel !== 'string' || !CHANNEL.test(channel)) {
		return refusal('channel_not_found', `channel: ${String(channel)}`);
	}
	if (!text && blocks.length === 0 && attachments.length === 0) return refusal('no_text');
	if (text.length > MAX.text) return refusal('msg_too_long', `text has ${text.length} characters`);
	const messages = [
		...tooMany('blocks', blocks.length, MAX.blocks),
		...blocks.flatMap((block, index) => checkBlock(block, `blocks/${index}`)),
	];
	return messages.length > 0 ? refusal('invalid_blocks', ...messages) : undefined;
}

function checkBlock(block: SlackBlock, at: string): string[] {
	const { type, text, fields = [], elements = [] } = block;
	switch (type) {
		case 'header':
			return [
				...checkText(text, `${at}/text`, MAX.headerText),
				...(text?.type === 'plain_text' ? [] : [`${at}/text: has to be plain_text`]),
			];
		case 'section':
			return [
				...(text || fields.length > 0 ? [] : [`${at}: needs text or fields`]),
				...(text ? checkText(text, `${at}/text`, MAX.sectionText) : []),
				...tooMany(`${at}/fields`, fields.length, MAX.fields),
				...fields.flatMap((field, i) => checkText(field, `${at}/fields/${i}`, MAX.fieldText)),
			];
		case 'context':
			return [
				...tooFew(`${at}/elements`, elements.length),
				...tooMany(`${at}/elements`, elements.length, MAX.contextElements),
			];
		case 'actions':
			return [
				...tooFew(`${at}/elements`, elements.length),
				...tooMany(`${at}/elements`, elements.length, MAX.actionElements),
				...elements.flatMap((element, i) => checkButton(element, `${at}/elements/${i}`)),
			];
		default:
			return typeof type === 'string' ? [] : [`${at}: needs a type`];
	}
}

function checkButton({ type, text, url = '' }: SlackElement, at: string): string[] {
	if (type !== 'button') return [];
	return [
		...checkText(text, `${at}/text`, MAX.buttonText),
		...tooMany(`${at}/url`, url.length, MAX.buttonUrl),
	];
}

function checkText(value: SlackText | string | undefined, at: string, max: number): string[] {
	if (typeof value !== 'object' || typeof value?.text !== 'string' || value.text === '') {
		return [`${at}: must not be empty`];
	}
	const { type, text, emoji } = value;
	if (type !== 'mrkdwn' && type !== 'plain_text') return [`${at}: has an unknown type`];
	if (type === 'mrkdwn' && emoji !== undefined) return [`${at}: emoji needs plain_text`];
	return tooMany(at, text.length, max);
}

function tooMany(at: string, count: number, max: number): string[] {
	return count > max ? [`${at}: ${count} are more than ${max}`] : [];
}

function tooFew(at: string, count: number): string[] {
	return count === 0 ? [`${at}: must not be empty`] : [];
}

/** The whole text that people see, as mrkdwn: the blocks, or without any the message's text. */
export function visibleText({ text, blocks = [] }: SlackMessage): string {
	if (blocks.length === 0) return text;
	return blocks
		.map(textOfBlock)
		.filter((it) => it.trim() !== '')
		.join('\n\n');
}

function textOfBlock({ type, text, fields = [], elements = [] }: SlackBlock): string {
	if (type === 'header') return `*${mrkdwnOf(text)}*`;
	if (type === 'actions') return '';
	return [text, ...fields, ...elements.map(textOfElement)]
		.map(mrkdwnOf)
		.filter((it) => it !== '')
		.join('\n');
}

function textOfElement(element: SlackElement): SlackText | undefined {
	if (typeof element.text === 'object') return element.text;
	if (element.text === undefined) return undefined;
	return { type: element.type === 'mrkdwn' ? 'mrkdwn' : 'plain_text', text: element.text };
}

/** Plain text has no escapes, so what mrkdwn would interpret is escaped. */
function mrkdwnOf(text: SlackText | undefined): string {
	if (!text) return '';
	if (text.type === 'mrkdwn') return text.text;
	return text.text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** The buttons that are links, as those of "Send and Wait for Response" are. */
export function linkButtons({ blocks = [] }: SlackMessage): Array<{ text: string; url: string }> {
	return blocks
		.filter(({ type }) => type === 'actions')
		.flatMap(({ elements = [] }) => elements)
		.flatMap(({ text, url }) =>
			url ? [{ text: typeof text === 'object' ? text.text : (text ?? url), url }] : [],
		);
}
