import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { IDataObject } from 'n8n-workflow';
import { arrivalNow } from './arrivals';
import { checkMessage, linkButtons, type SlackMessage, visibleText } from './slackMessage';
import { redirectSlack } from './slackProxy';
import type { LocalReceiver } from './types';

export type { SlackMessage } from './slackMessage';

const TOKEN = 'xoxb-local';

/** The channels that the list in n8n's editor shows. */
const CHANNELS = ['audit', 'security', 'n8n-errors'];

/** What n8n reads from Slack besides posting messages: for its credential's test, and for the lists in its editor. */
const READ_METHODS: Record<string, object> = {
	'/api/auth.test': { url: 'https://example.slack.com/', team: 'Example', user: 'n8n' },
	'/api/users.profile.get': { profile: { real_name: 'n8n' } },
	'/api/users.list': { members: [] },
	'/api/conversations.list': {
		channels: CHANNELS.map((name, index) => ({ id: `C0000000${index}`, name })),
	},
};

export interface LocalSlack extends LocalReceiver {
	/** What makes n8n use it as Slack: an HTTPS proxy that leads here, and its certificate. */
	env: Record<string, string>;
	/** The fields of n8n's Slack credential. */
	credential: IDataObject;
	/** The messages posted so far, in order. */
	messages: SlackMessage[];
	/** Messages that Slack would not accept, and other requests than the known ones, also to other hosts. */
	refused: string[];
}

/**
 * Slack's API on this machine, so that n8n's own Slack node can run: it sends requests only to https://slack.com,
 * which n8n's usual proxy variable redirects here. Messages are checked against Slack's documented limits.
 *
 * @param folder for the certificate
 */
export async function startLocalSlack(folder: string): Promise<LocalSlack> {
	const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = await readText(request);
		if (slack.isDown) {
			response.writeHead(503, { 'content-type': 'text/plain' });
			response.end('Service Unavailable');
			return;
		}
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(answerTo(slack, request, body)));
	};
	const host = await redirectSlack(
		folder,
		(request, response) => {
			onRequest(request, response).catch(() => response.destroy());
		},
		(other) => slack.refused.push(other),
	);
	const credential = { accessToken: TOKEN, signatureSecret: '' };
	const slack: LocalSlack = {
		name: 'Slack',
		env: host.env,
		credential,
		messages: [],
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [{ type: 'slackApi', name: 'Slack', data: credential }],
		settings: {},
		stop: async () => await host.stop(),
	};
	return slack;
}

/** What Slack answers: status 200 in any case, with `ok` and, unless it is true, the code of an error. */
function answerTo(slack: LocalSlack, request: IncomingMessage, body: string): object {
	const { method, url = '', headers } = request;
	const [path = ''] = url.split('?');
	const read = READ_METHODS[path];
	const isPost = method === 'POST' && path === '/api/chat.postMessage';
	if (!isPost && !read) {
		slack.refused.push(`${method} slack.com${path}`);
		return { ok: false, error: 'unknown_method' };
	}
	if (headers.authorization !== `Bearer ${TOKEN}`) return { ok: false, error: 'invalid_auth' };
	if (read) return { ok: true, ...read };

	const message = parseMessage(body);
	if (!message) return { ok: false, error: 'invalid_json' };
	const refusal = checkMessage(message);
	if (refusal) {
		slack.refused.push(`slack.com${path}: ${[refusal.error, ...refusal.messages].join(', ')}`);
		return {
			ok: false,
			error: refusal.error,
			response_metadata: { messages: refusal.messages },
		};
	}
	slack.messages.push(message);
	const text = visibleText(message);
	slack.arrivals.push(
		arrivalNow({
			receiver: 'Slack',
			to: message.channel,
			title: text.split('\n').find((line) => line.trim() !== '') ?? '',
			text,
			format: 'mrkdwn',
			buttons: linkButtons(message),
		}),
	);
	const ts = `${Math.floor(Date.now() / 1000)}.${String(slack.messages.length).padStart(6, '0')}`;
	return { ok: true, channel: message.channel, ts, message };
}

function parseMessage(body: string): SlackMessage | undefined {
	try {
		const message = JSON.parse(body) as SlackMessage;
		return { ...message, text: message.text ?? '' };
	} catch {
		return undefined;
	}
}
