import { connect, createServer, type Socket } from 'node:net';
import { listen } from './localServer';
import { closeServers } from './sockets';

export interface Gate {
	/** The port that leads to the server behind. */
	port: number;
	close(): Promise<void>;
}

/** A port in front of a server on this machine: `isClosed` decides for each connection whether it is cut off. */
export async function openGate(toPort: number, isClosed: () => boolean): Promise<Gate> {
	const clients = new Set<Socket>();
	const gate = createServer((client) => {
		client.on('error', () => client.destroy());
		if (isClosed()) {
			client.destroy();
			return;
		}
		clients.add(client);
		const server = connect(toPort, '127.0.0.1');
		server.on('error', () => client.destroy());
		server.on('close', () => client.destroy());
		client.on('close', () => {
			clients.delete(client);
			server.destroy();
		});
		client.pipe(server).pipe(client);
	});
	return {
		port: await listen(gate),
		close: async () => await closeServers([gate], clients),
	};
}
