import { codeOf } from './visible';

const HTML_ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Escapes the text of an element, or of an attribute in quotes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');
}

/** Escapes Slack's three control characters. Other characters may still format the text. */
function escapeSlack(text: string): string {
	return text.replace(/[&<>]/g, (character) => HTML_ENTITIES[character] ?? '');
}

/**
 * Writes a value as inline code in Slack's mrkdwn, because Slack has no escape for `*`, `_`, `~` and `:`.
 * Within code nothing is formatted, linked or turned into an emoji, and what is copied is the value
 * itself. A backtick would end the code, so a look-alike (U+02CB) replaces it. A word joiner, which has
 * no width, keeps Slack from notifying everyone if the message is sent with names linked.
 *
 * @param line not empty, as `visible` returns it
 */
export function slackCode(line: string): string {
	const literal = line
		.replaceAll('ˋ', codeOf)
		.replaceAll('`', 'ˋ')
		.replace(/@(?=channel|everyone|here)/gi, '@\u2060');
	return `\`${escapeSlack(literal)}\``;
}

/** Characters with a meaning in chats and in HTML, and their full-width replacements. */
const FULL_WIDTH: Record<string, string> = { '<': '＜', '>': '＞', '&': '＆', '@': '＠' };

/**
 * Writes a value in quotes, so that it cannot look like a number or another value. Characters that
 * would notify people or start a link or a tag, if the text is posted to Slack and the like, become
 * full-width: `"＜!channel＞"`. An address such as `a@b.example` stays as it is.
 *
 * @param line as `visible` returns it
 */
export function quote(line: string): string {
	const literal = line
		.replace(/[＜＞＆＠]/g, codeOf)
		.replace(
			/[<>]|&(?=(?:amp|lt|gt|quot|#\w+);)|(?<![\p{L}\p{N}._%+-])@|@(?=channel|everyone|here)/giu,
			(character) => FULL_WIDTH[character] ?? '',
		)
		.replace(/["\\]/g, '\\$&');
	return `"${literal}"`;
}
