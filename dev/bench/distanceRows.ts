import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificate } from '../receivers/certificate';
import { bareLoopMs } from './bareLoop';
import type { LogPlan } from './auditApi';
import { Bench } from './measure';
import { type DistantServer, startDistantServer } from './roundTrips';
import { MAX_CONCURRENCY, type Plan, readingRows } from './rows';
import type { Row } from './tables';
import { seconds, times } from './units';

const ROUND_TRIP_MS = 30;

/**
 * The same over TLS from a distant server. n8n opens a connection for each request: what that costs shows a program
 * that does the same, against itself with connections that are kept.
 */
export async function distanceRows(
	tarball: string,
	log: LogPlan & { latencyMs: number },
	plan: Plan,
): Promise<Row[]> {
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-bench-tls-'));
	const { certFile, ...certificate } = await makeCertificate('localhost', folder);
	const env = { NODE_EXTRA_CA_CERTS: certFile };
	let server: DistantServer | undefined;
	const origin = async (port: number) => {
		server = await startDistantServer({ ...certificate, port, roundTripMs: ROUND_TRIP_MS });
		return `https://localhost:${server.port}`;
	};
	const bench = await Bench.start(tarball, log, { env, origin });
	try {
		const where = { from: log.from, to: log.to };
		const what = `${log.latencyMs} ms per response, over TLS with round trips of ${ROUND_TRIP_MS} ms`;
		const { rows } = await readingRows(
			bench,
			{ what, where, events: log.events, latencyMs: log.latencyMs, atLeast: 5 },
			plan,
		);
		await bench.api.configure({ latencyMs: log.latencyMs });
		const loop = { runs: plan.runs, events: log.events, concurrency: MAX_CONCURRENCY, env };
		plan.say('A bare loop over TLS');
		const kept = await bareLoopMs(bench, where, loop);
		const opened = await bareLoopMs(bench, where, { ...loop, closing: true });
		return [
			...rows,
			{
				measure: `A bare loop with ${MAX_CONCURRENCY} requests at a time, the same: a connection for each request, against connections that are kept`,
				result: `${times(opened / kept)} its time (${seconds(opened)} against ${seconds(kept)})`,
				target: '(n8n opens one for each request)',
				isMet: true,
			},
		];
	} finally {
		await bench.stop();
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
}
