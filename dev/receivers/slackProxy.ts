import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { makeCertificate } from './certificate';
import { close, listen } from './localServer';

/** The only host that the proxy leads to. */
const HOST = 'slack.com';

export interface RedirectedHost {
	/** What makes a program reach the listener instead of the host: a proxy, and the certificate to trust. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/**
 * Answers requests to https://slack.com with `listener`, for programs that use the usual variable for a proxy.
 *
 * @param onRefused is called with each other host that was asked for
 */
export async function redirectSlack(
	folder: string,
	listener: RequestListener,
	onRefused: (request: string) => void,
): Promise<RedirectedHost> {
	const { key, cert, certFile } = await makeCertificate(HOST, folder);
	const slack = createTlsServer({ key, cert }, listener);
	const slackPort = await listen(slack);
	const tunnels = new Set<Duplex>();
	const proxy = createServer((_request, response) => response.writeHead(403).end());
	proxy.on('connect', (request, client) => {
		client.on('error', () => client.destroy());
		if (request.url !== `${HOST}:443`) {
			onRefused(`CONNECT ${request.url}`);
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
	return {
		env: {
			HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certFile,
		},
		stop: async () => {
			// A tunnel is not among the connections of its server.
			tunnels.forEach((tunnel) => tunnel.destroy());
			await Promise.all([close(proxy), close(slack)]);
		},
	};
}
