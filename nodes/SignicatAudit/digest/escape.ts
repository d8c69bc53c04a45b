import { codeOf } from './visible';

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
 * @param line not empty, as `visible` shows it
 */
export function slackCode(line: string): string {
	const literal = line
		.replaceAll('ˋ', codeOf)
		.replaceAll('`', 'ˋ')
		.replace(/@(?=channel|everyone|here)/gi, '@\u2060');
	return `\`${escapeSlack(literal)}\``;
}

/** Signs that act where plain text is posted to a chat or put into HTML, and the ones that stand for them. */
const WIDE: Record<string, string> = { '<': '＜', '>': '＞', '&': '＆', '@': '＠' };

/**
 * A value in plain text: in quotes, so that it cannot look like a figure or another value, and with
 * wide signs in place of those that call people or begin a link or a tag where the text is posted to
 * Slack and the like: `"＜!channel＞"`. An address such as `a@b.example` stays.
 *
 * @param line as `visible` shows it
 */
export function quoted(line: string): string {
	const literal = line
		.replace(/[＜＞＆＠]/g, codeOf)
		.replace(
			/[<>]|&(?=(?:amp|lt|gt|quot|#\w+);)|(?<![\p{L}\p{N}._%+-])@|@(?=channel|everyone|here)/giu,
			(sign) => WIDE[sign] ?? '',
		)
		.replace(/["\\]/g, '\\$&');
	return `"${literal}"`;
}
