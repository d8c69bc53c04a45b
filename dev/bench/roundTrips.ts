import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from '../receivers/localServer';
import { closeServers, joinSockets } from '../receivers/sockets';

export interface DistantServer {
	/** On `localhost`; speaks TLS. */
	port: number;
	stop(): Promise<void>;
}

export interface DistantServerOptions {
	/** Of the local server, which speaks plain HTTP. */
	port: number;
	/** PEM, of `localhost`. */
	key: string;
	cert: string;
	roundTripMs: number;
}

/**
 * A TLS server in front of a local one, as far away as `roundTripMs` says: each piece of data arrives half of that
 * later, so that a handshake takes as many round trips as it does over a network. Bandwidth is not limited, and a
 * connection is as fast at its beginning as later.
 */
export async function startDistantServer(options: DistantServerOptions): Promise<DistantServer> {
	const { port, key, cert, roundTripMs } = options;
	const sockets = new Set<Socket>();
	const endpoint = createTlsServer({ key, cert }, (socket) => {
		joinSockets(socket, connect(port, '127.0.0.1'), sockets);
	});
	const endpointPort = await listen(endpoint);
	const distant = createTcpServer((socket) => {
		joinLater(socket, connect(endpointPort, '127.0.0.1'), { sockets, roundTripMs });
	});
	return {
		port: await listen(distant),
		stop: async () => await closeServers([distant, endpoint], sockets),
	};
}

/** Like `joinSockets`, half of a round trip later. The first data also waits for the handshake of TCP. */
function joinLater(
	client: Socket,
	server: Socket,
	{ sockets, roundTripMs }: { sockets: Set<Socket>; roundTripMs: number },
): void {
	const openFrom = Date.now() + roundTripMs;
	for (const [from, to] of [
		[client, server],
		[server, client],
	] as const) {
		sockets.add(from);
		const later = (work: () => void): void => {
			setTimeout(work, Math.max(0, openFrom - Date.now()) + roundTripMs / 2);
		};
		from.setNoDelay(true);
		from.on('data', (chunk) => later(() => to.write(chunk)));
		from.once('end', () => later(() => to.end()));
		from.on('error', () => to.destroy());
		from.once('close', () => {
			sockets.delete(from);
			later(() => to.destroy());
		});
	}
}
