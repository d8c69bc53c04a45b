import type { Server, Socket } from 'node:net';

/** Sends what one socket receives to the other one, and ends both together. `sockets` contains them while they are open. */
export function joinSockets(one: Socket, other: Socket, sockets: Set<Socket>): void {
	for (const [from, to] of [
		[one, other],
		[other, one],
	] as const) {
		sockets.add(from);
		from.pipe(to);
		from.on('error', () => to.destroy());
		from.once('close', () => {
			sockets.delete(from);
			to.destroy();
		});
	}
}

/** Closes servers, ends these connections of theirs, and waits for that. */
export async function closeServers(servers: Server[], sockets: Set<Socket>): Promise<void> {
	const closed = servers.map(
		async (server) =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
			}),
	);
	sockets.forEach((socket) => socket.destroy());
	await Promise.all(closed);
}
