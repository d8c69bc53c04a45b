import { escapeHtml, html, Markup, safeUrl } from './markup';

/** A code block, code, or what Slack interprets in angle brackets: links and mentions. */
const SPECIAL = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]*)>/g;

/** Takes the place of something special while the rest is formatted, between characters that no script uses. */
const PLACEHOLDER = /\uE000(\d+)\uE001/g;

/** `*bold*`, `_italic_` and `~struck~`, where they are not a part of a word. */
const EMPHASIS: Array<[RegExp, string]> = [
	[/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}*])/gu, 'strong'],
	[/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}_])/gu, 'em'],
	[/(?<![\p{L}\p{N}~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}~])/gu, 's'],
];

const EMOJI: Record<string, string> = {
	bar_chart: '📊',
	bell: '🔔',
	hourglass: '⌛',
	information_source: 'ℹ️',
	lock: '🔒',
	mag: '🔍',
	mute: '🔇',
	new: '🆕',
	rotating_light: '🚨',
	warning: '⚠️',
	white_check_mark: '✅',
	x: '❌',
};

/** A Slack message as HTML: the part of mrkdwn that messages of workflows use. */
export function renderMrkdwn(text: string): Markup {
	const specials: Markup[] = [];
	const withPlaceholders = text
		.replace(/[\uE000\uE001]/g, '')
		.replace(SPECIAL, (_all, block?: string, code?: string, inBrackets?: string) => {
			const special = block
				? html`<pre>${unescapeSlack(block)}</pre>`
				: code
					? html`<code>${unescapeSlack(code)}</code>`
					: renderReference(inBrackets ?? '');
			return `\uE000${specials.push(special) - 1}\uE001`;
		});
	let formatted = escapeHtml(unescapeSlack(withPlaceholders));
	for (const [pattern, tag] of EMPHASIS) {
		formatted = formatted.replace(pattern, `<${tag}>$1</${tag}>`);
	}
	return new Markup(
		formatted
			.replace(/:([a-z_]+):/g, (code, name: string) => EMOJI[name] ?? code)
			.replace(PLACEHOLDER, (_all, index: string) => specials[Number(index)]?.text ?? ''),
	);
}

/** `https://…|label`, `!channel`, `@U0042` or `#C0042|name`. */
function renderReference(inBrackets: string): Markup {
	const [target = '', label] = unescapeSlack(inBrackets).split('|', 2);
	const url = safeUrl(target);
	if (url) return html`<a href="${url}" rel="noreferrer" target="_blank">${label ?? url}</a>`;
	return html`<span class="mention">${label ?? target.replace(/^!/, '@')}</span>`;
}

/** Slack has three escapes; whatever else looks like one is text. */
function unescapeSlack(text: string): string {
	return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
