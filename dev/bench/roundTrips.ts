import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from '../receivers/localServer';

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
		join(socket, connect(port, '127.0.0.1'), { sockets });
	});
	const endpointPort = await listen(endpoint);
	const distant = createTcpServer((socket) => {
		join(socket, connect(endpointPort, '127.0.0.1'), { sockets, roundTripMs });
	});
	return {
		port: await listen(distant),
		stop: async () => {
			const closed = [distant, endpoint].map(closing);
			sockets.forEach((socket) => socket.destroy());
			await Promise.all(closed);
		},
	};
}

/** Sends what one socket receives to the other one. The first data also waits for the handshake of TCP. */
function join(
	client: Socket,
	server: Socket,
	{ sockets, roundTripMs = 0 }: { sockets: Set<Socket>; roundTripMs?: number },
): void {
	const openFrom = Date.now() + roundTripMs;
	for (const [from, to] of [
		[client, server],
		[server, client],
	] as const) {
		sockets.add(from);
		const later = (work: () => void): void => {
			if (roundTripMs === 0) return work();
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

async function closing(server: Server): Promise<void> {
	await new Promise<void>((resolve) => {
		server.close(() => resolve());
	});
}
