import { createServer, type RequestListener } from 'node:http';
import { makeCertificate } from './certificate';
import { close, listen } from './localServer';
import { startTlsProxy } from './tlsProxy';

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
	const slack = createServer(listener);
	const port = await listen(slack);
	const proxy = await startTlsProxy({ host: HOST, port, key, cert, onRefused });
	return {
		env: {
			HTTPS_PROXY: proxy.url,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: certFile,
		},
		stop: async () => {
			await Promise.all([proxy.stop(), close(slack)]);
		},
	};
}
