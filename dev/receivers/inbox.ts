import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { renderCard } from './inbox/cards';
import { type Guide, renderPage } from './inbox/page';
import { allArrivals, type StoredArrival } from './inbox/store';
import { close, listen } from './localServer';
import type { LocalReceiver } from './types';

export type { Guide, GuideEntry } from './inbox/page';

const ASSETS: Record<string, string> = {
	'/page.css': 'text/css; charset=utf-8',
	'/live.js': 'text/javascript; charset=utf-8',
};

const HTML = 'text/html; charset=utf-8';

/** Nothing but the page's own script and style is used, whatever the arrivals contain. */
const PAGE_POLICY =
	"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** An email's own styles are used; it loads nothing, and runs nothing. */
const EMAIL_POLICY =
	"sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
	"img-src data:; form-action 'none'; frame-ancestors 'self'";

/** The links of an email open in a new tab. */
const EMAIL_HEAD = '<!doctype html><meta charset="utf-8"><base target="_blank">';

export interface Inbox {
	url: string;
	stop(): Promise<void>;
}

interface Reply {
	type: string;
	body: string | Buffer;
	policy?: string;
	/** The name with which the browser stores the reply, instead of showing it. */
	fileName?: string;
}

/**
 * A page on this machine that shows what arrived at the local receivers, while it arrives. `/arrivals.json` has the
 * same for programs.
 *
 * @param guide which workflows there are, read for each request
 */
export async function startInbox(
	receivers: readonly LocalReceiver[],
	guide: () => Guide,
): Promise<Inbox> {
	const answer = (pathname: string): Reply | undefined => {
		const arrivals = allArrivals(receivers);
		const [, kind, id, index] = pathname.split('/');
		const arrival = arrivals.find((it) => it.id === id);
		if (pathname === '/') {
			return { type: HTML, body: renderPage(guide(), arrivals).text, policy: PAGE_POLICY };
		}
		if (pathname === '/arrivals.json') {
			return { type: 'application/json', body: JSON.stringify({ arrivals: arrivals.map(toJson) }) };
		}
		if (pathname in ASSETS) {
			const body = readFileSync(path.join(__dirname, 'inbox', pathname));
			return { type: ASSETS[pathname] ?? '', body };
		}
		if (!arrival) return undefined;
		if (kind === 'cards')
			return { type: HTML, body: renderCard(arrival).text, policy: PAGE_POLICY };
		if (kind === 'html' && arrival.html !== undefined) {
			return { type: HTML, body: EMAIL_HEAD + arrival.html, policy: EMAIL_POLICY };
		}
		const file = kind === 'files' ? arrival.files?.[Number(index)] : undefined;
		return file && { type: 'application/octet-stream', body: file.content, fileName: file.name };
	};
	const server = createServer((request, response) => {
		// A page elsewhere whose domain leads to this address must not read what is here.
		if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
			response.writeHead(403).end();
			return;
		}
		const [pathname = '/'] = (request.url ?? '/').split('?');
		const reply = request.method === 'GET' ? answer(pathname) : undefined;
		if (reply) send(response, reply);
		else response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
	});
	const port = await listen(server);
	return { url: `http://127.0.0.1:${port}`, stop: async () => await close(server) };
}

function send(response: ServerResponse, { type, body, policy, fileName }: Reply): void {
	response.writeHead(200, {
		'content-type': type,
		'cache-control': 'no-store',
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		'content-security-policy': policy ?? "default-src 'none'",
		...(fileName !== undefined && {
			'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
		}),
	});
	response.end(body);
}

/** An arrival without the contents of its files. */
function toJson({ files = [], ...arrival }: StoredArrival) {
	return {
		...arrival,
		files: files.map(({ name, content }, index) => ({
			name,
			size: content.length,
			path: `/files/${arrival.id}/${index}`,
		})),
	};
}
