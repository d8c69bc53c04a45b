import { formatSize } from '../arrivals';
import type { ArrivedFile } from '../types';
import { html, type Markup, safeUrl } from './markup';
import { renderMrkdwn } from './mrkdwn';
import type { StoredArrival } from './store';

/** What arrived, as a part of the page. Everything in it may come from an event, so everything is escaped. */
export function renderCard(arrival: StoredArrival): Markup {
	const { id, at, receiver, to, title } = arrival;
	return html`<article class="card" id="${id}" data-receiver="${receiver}">
		<header>
			<span class="badge">${receiver}</span>
			<span class="to">${to}</span>
			<time datetime="${at}">${at.slice(11, 19)} UTC</time>
		</header>
		${arrival.format !== 'mrkdwn' && html`<h3>${title}</h3>`}
		<div class="body">${renderBody(arrival)}</div>
		${renderButtons(arrival.buttons)} ${renderFiles(id, arrival.files)}
	</article>`;
}

function renderBody({ id, title, text, html: email, format }: StoredArrival): Markup {
	if (email !== undefined) {
		// Without scripts, and of no origin; the links in it open in a new tab.
		return html`<iframe
			title="${title}"
			src="/html/${id}"
			sandbox="allow-popups allow-popups-to-escape-sandbox"
		></iframe>`;
	}
	if (format === 'mrkdwn') return html`<div class="message">${renderMrkdwn(text)}</div>`;
	if (format === 'json') return html`<pre class="data">${prettyJson(text)}</pre>`;
	return html`<div class="plain">${text}</div>`;
}

/** JSON with indentation; text that is no JSON, such as several objects, stays as it is. */
function prettyJson(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}

function renderButtons(buttons: StoredArrival['buttons'] = []): Markup | undefined {
	const links = buttons.flatMap(({ text, url }) => {
		const safe = safeUrl(url);
		return safe
			? [html`<a class="button" href="${safe}" target="_blank" rel="noreferrer">${text}</a>`]
			: [];
	});
	return links.length > 0 ? html`<p class="buttons">${links}</p>` : undefined;
}

function renderFiles(id: string, files: ArrivedFile[] = []): Markup | undefined {
	if (files.length === 0) return undefined;
	const links = files.map(
		({ name, content }, index) =>
			html`<li>
				<a href="/files/${id}/${index}" download="${name}">${name}</a>
				<small>${formatSize(content.length)}</small>
			</li>`,
	);
	return html`<ul class="files">
		${links}
	</ul>`;
}
