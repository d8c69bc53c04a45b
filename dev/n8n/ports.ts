import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what Linux, macOS and Windows choose for outgoing connections, which would take the port before its server does. */
const [FIRST, END] = [20_000, 32_000];

const MAX_TRIES = 100;

/** Processes of Jest that run at the same time do not look for ports in the same part of the range. */
const SHARES = 4;

/** A server takes its port long after it was found. */
const found = new Set<number>();

/** A TCP port on this machine that is not in use, another one each time. */
export async function findFreePort(): Promise<number> {
	const length = (END - FIRST) / SHARES;
	const start = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % SHARES) * length;
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const port = randomInt(start, start + length);
		if (found.has(port) || !(await isPortFree(port))) continue;
		found.add(port);
		return port;
	}
	throw new Error('This machine has no free TCP port');
}

/** Whether `port` is not in use. */
export async function isPortFree(port: number): Promise<boolean> {
	return (await listenOnce(port)) !== undefined;
}

async function listenOnce(port: number): Promise<number | undefined> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
		});
	});
}
