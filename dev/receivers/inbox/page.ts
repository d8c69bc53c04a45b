import { renderCard } from './cards';
import { html, type Markup } from './markup';
import type { StoredArrival } from './store';

/** A workflow of the demo, and what its reader can expect of it. */
export interface GuideEntry {
	/** The workflow's name. */
	name: string;
	/** Where n8n's editor shows it. */
	url: string;
	/** What to do there, a sentence. */
	click: string;
	/** What then arrives, a sentence. */
	appears: string;
	/** The names of the receivers at which it arrives. */
	receivers: string[];
}

export interface Guide {
	/** Where n8n's editor is. */
	editorUrl: string;
	email: string;
	password: string;
	workflows: GuideEntry[];
}

export function renderPage(guide: Guide, arrivals: readonly StoredArrival[]): Markup {
	return html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<title>What arrived – n8n-nodes-signicat-audit demo</title>
				<link rel="stylesheet" href="/page.css" />
				<script src="/live.js" defer></script>
			</head>
			<body>
				<header class="top">
					<h1>What arrived</h1>
					<p>
						Slack, email, SFTP, S3 and the log tools of this demo are local programs. Here is what
						the workflows sent to them.
					</p>
					<p class="login">
						<a class="button primary" href="${guide.editorUrl}" target="_blank">Open n8n</a>
						Sign in with <code>${guide.email}</code> and <code>${guide.password}</code>
					</p>
				</header>
				<main>
					<nav aria-label="Workflows">
						<h2>Workflows</h2>
						<ol>
							${guide.workflows.map(renderEntry)}
						</ol>
					</nav>
					<section aria-label="Arrivals">
						<h2>Arrivals</h2>
						<div class="empty">
							<p><strong>Nothing has arrived yet.</strong></p>
							<p>
								Open a workflow from the list and select <b>Execute workflow</b> at the bottom of
								the canvas. What it sends appears here within seconds.
							</p>
						</div>
						<div id="arrivals" aria-live="polite">${arrivals.map(renderCard)}</div>
					</section>
				</main>
			</body>
		</html>`;
}

function renderEntry({ name, url, click, appears, receivers }: GuideEntry): Markup {
	return html`<li>
		<a href="${url}" target="_blank">${name}</a>
		${receivers.map((it) => html`<span class="badge" data-receiver="${it}">${it}</span>`)}
		<p>${click}</p>
		<p class="appears">${appears}</p>
	</li>`;
}
