import { createServer as createHttpServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from './localServer';
import { closeServers, joinSockets } from './sockets';

/** An HTTP proxy that has a local server in the place of one host, and connects to no other. */
export interface TlsProxy {
	/** For `HTTPS_PROXY`. */
	url: string;
	/** The hosts that it refused to connect to. */
	readonly refused: string[];
	stop(): Promise<void>;
}

export interface TlsProxyOptions {
	host: string;
	/** The local server's port on 127.0.0.1; it speaks plain HTTP. */
	port: number;
	/** PEM, of `host`. */
	key: string;
	cert: string;
	/** Is called with each other host that was asked for. */
	onRefused?(request: string): void;
}

export async function startTlsProxy({
	host,
	port,
	key,
	cert,
	onRefused,
}: TlsProxyOptions): Promise<TlsProxy> {
	const refused: string[] = [];
	const sockets = new Set<Socket>();
	const endpoint = createTlsServer({ key, cert }, (socket) => {
		joinSockets(socket, connect(port, '127.0.0.1'), sockets);
	});
	const endpointPort = await listen(endpoint);
	const proxy = createHttpServer((_request, response) => response.writeHead(403).end());
	proxy.on('connect', (request, socket: Socket) => {
		if (request.url !== `${host}:443`) {
			refused.push(String(request.url));
			onRefused?.(`CONNECT ${request.url}`);
			socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		joinSockets(socket, connect(endpointPort, '127.0.0.1'), sockets);
	});
	const proxyPort = await listen(proxy);
	return {
		url: `http://127.0.0.1:${proxyPort}`,
		refused,
		stop: async () => await closeServers([proxy, endpoint], sockets),
	};
}
