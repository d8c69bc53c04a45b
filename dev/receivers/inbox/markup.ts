/** HTML that may be sent as it is. */
export class Markup {
	constructor(readonly text: string) {}
}

type Value = Markup | string | number | undefined | false | Value[];

/** HTML from a template. Every value is escaped, unless it is HTML from this function itself. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
	const parts = strings.flatMap((string, index) => [string, textOf(values[index])]);
	return new Markup(parts.join(''));
}

function textOf(value: Value): string {
	if (value === undefined || value === false) return '';
	if (Array.isArray(value)) return value.map(textOf).join('');
	return value instanceof Markup ? value.text : escapeHtml(String(value));
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The URL, if it is one that a page may link to; otherwise undefined. */
export function safeUrl(text: string): string | undefined {
	return URL.canParse(text) && /^(https?|mailto):$/.test(new URL(text).protocol) ? text : undefined;
}
