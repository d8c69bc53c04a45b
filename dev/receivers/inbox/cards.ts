import { formatSize } from '../arrivals';
import type { ArrivedFile } from '../types';
import { firstObjects } from './json';
import { html, type Markup, safeUrl } from './markup';
import { renderMrkdwn } from './mrkdwn';
import type { StoredArrival } from './store';

/** Of a batch: enough for the pair of lines that Elastic takes per event. */
const SHOWN_OBJECTS = 2;

/** What arrived, as a part of the page. Everything in it may come from an event, so everything is escaped. */
export function renderCard(arrival: StoredArrival): Markup {
	const { id, at, receiver, to } = arrival;
	return html`<article class="card" id="${id}" data-receiver="${receiver}">
		<header>
			<span class="badge">${receiver}</span>
			<span class="to">${to}</span>
			<time datetime="${at}">${at.slice(11, 19)} UTC</time>
		</header>
		${isOnlyFile(arrival) ? undefined : renderContent(arrival)} ${renderButtons(arrival.buttons)}
		${renderFiles(id, arrival.files)}
	</article>`;
}

/** Whether a file is all that arrived, so that the link to it says everything. */
function isOnlyFile({ title, files = [] }: StoredArrival): boolean {
	return files.length === 1 && files[0]?.name === title;
}

function renderContent(arrival: StoredArrival): Markup {
	return html`${arrival.format !== 'mrkdwn' && html`<h3>${arrival.title}</h3>`}
		<div class="body">${renderBody(arrival)}</div>`;
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
	const objects = /^\s*[[{]/.test(text) ? firstObjects(text, SHOWN_OBJECTS) : [];
	if (objects.length === 0) return html`<div class="plain">${text}</div>`;
	return html`<pre>${objects.map((object) => JSON.stringify(object, null, 2)).join('\n')}</pre>
		<details>
			<summary>As it was sent</summary>
			<pre class="sent">${text}</pre>
		</details>`;
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
