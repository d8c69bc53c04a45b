/** So many characters of a value are shown. */
const MOST_CHARACTERS = 80;

const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** Control characters, those that turn the direction of text around, and halves of a character pair. */
const NOT_SHOWABLE = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}]/gu;

/**
 * A value as one line of plain text that shows what it holds: a line break as ↵, a character that
 * cannot be shown as �, the rest of a long value as ….
 */
export function oneLine(value: string): string {
	const characters = [...value.slice(0, 4 * MOST_CHARACTERS).trim()];
	const isCut = characters.length > MOST_CHARACTERS || value.length > 4 * MOST_CHARACTERS;
	const start = isCut ? characters.slice(0, MOST_CHARACTERS - 1).join('') : characters.join('');
	const line = start.replace(LINE_BREAK, '↵').replaceAll('\t', ' ').replace(NOT_SHOWABLE, '\uFFFD');
	return isCut ? `${line}…` : line;
}

const HTML_ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** For the text of an element, and for an attribute in quotes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');
}

/** Slack's three control characters. What is left may still be formatted. */
export function escapeSlack(text: string): string {
	return text.replace(/[&<>]/g, (character) => HTML_ENTITIES[character] ?? '');
}

/**
 * A value in Slack's mrkdwn as inline code, because Slack has no escape for `*`, `_`, `~` and `:`:
 * within code nothing is formatted, linked or made an emoji, and what is copied from there is the
 * value itself. A backtick would end the code, so a look-alike (U+02CB) stands for it. A word joiner,
 * which has no width, keeps Slack from calling everyone where a message is sent with names linked.
 *
 * @param line not empty, without line breaks
 */
export function slackCode(line: string): string {
	const literal = line.replaceAll('`', 'ˋ').replace(/@(?=channel|everyone|here)/gi, '@\u2060');
	return `\`${escapeSlack(literal)}\``;
}
