import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { IDataObject } from 'n8n-workflow';
import { findTool } from '../n8n';
import { close, listen } from './localServer';

const TOKEN = 'xoxb-local';

export interface SlackMessage {
	channel: string;
	text: string;
}

export interface LocalSlack {
	/** What makes n8n use it as Slack: an HTTPS proxy that leads here, and its certificate. */
	env: Record<string, string>;
	/** The fields of n8n's Slack credential. */
	credential: IDataObject;
	/** The messages posted so far, in order. */
	messages: SlackMessage[];
	/** Requests other than posting a message to Slack. */
	refused: string[];
	/** While true, every request fails as in an outage. */
	isDown: boolean;
	stop(): Promise<void>;
}

/**
 * Slack's API on this machine, so that n8n's own Slack node can run: it sends requests only to
 * https://slack.com, which n8n's usual proxy variable redirects here.
 */
export async function startLocalSlack(folder: string): Promise<LocalSlack> {
	const { key, cert, certFile } = await makeCertificate(folder);
	const messages: SlackMessage[] = [];
	const refused: string[] = [];
	const slack = createTlsServer({ key, cert }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const reply = (body: object) => {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify(body));
			};
			if (local.isDown) {
				response.statusCode = 503;
				return response.end();
			}
			if (request.method !== 'POST' || request.url !== '/api/chat.postMessage') {
				refused.push(`${request.method} ${request.url}`);
				return reply({ ok: false, error: 'unknown_method' });
			}
			if (request.headers.authorization !== `Bearer ${TOKEN}`) {
				return reply({ ok: false, error: 'invalid_auth' });
			}
			const message = JSON.parse(Buffer.concat(chunks).toString()) as SlackMessage;
			messages.push(message);
			reply({ ok: true, channel: message.channel, ts: '1.000001', message });
		});
	});
	const slackPort = await listen(slack);
	const tunnels = new Set<Duplex>();
	const proxy = createServer((_request, response) => response.writeHead(403).end());
	proxy.on('connect', (request, client) => {
		client.on('error', () => client.destroy());
		if (request.url !== 'slack.com:443') {
			refused.push(`CONNECT ${request.url}`);
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const upstream = connect(slackPort, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			client.pipe(upstream).pipe(client);
		});
		tunnels.add(client);
		client.on('close', () => tunnels.delete(client));
		upstream.on('error', () => client.destroy());
	});
	const proxyPort = await listen(proxy);
	const local: LocalSlack = {
		env: {
			HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certFile,
		},
		credential: { accessToken: TOKEN, signatureSecret: '' },
		messages,
		refused,
		isDown: false,
		stop: async () => {
			// A tunnel is not among the connections of its server.
			tunnels.forEach((tunnel) => tunnel.destroy());
			await Promise.all([close(proxy), close(slack)]);
		},
	};
	return local;
}

async function makeCertificate(folder: string) {
	const keyFile = path.join(folder, 'slack.key');
	const certFile = path.join(folder, 'slack.pem');
	execFileSync(
		findTool('openssl'),
		[
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
			...['-subj', '/CN=slack.com', '-addext', 'subjectAltName=DNS:slack.com'],
			...['-keyout', keyFile, '-out', certFile],
		],
		{ stdio: 'pipe' },
	);
	return { key: await readFile(keyFile), cert: await readFile(certFile), certFile };
}
