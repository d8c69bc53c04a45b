import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startAuditApi } from '../audit-api';
import { LiveLog } from '../audit-api/liveLog';
import { COLLECTABLE } from '../bench/memory';
import { installPackage, packPackage, startN8n } from '../n8n';
import { PROJECT_DIR } from '../n8n/paths';
import { Disturber } from './disturb';
import { plot } from './plot';
import { Soak } from './soak';

const USAGE = `Runs a real n8n for a long time: the trigger under changing load, and Get Many, Export to File and Summarize beside it,
while the local Audit API injects faults of each kind and tokens live five seconds. Reports what arrived and the memory.

  npm run soak -- --minutes N [--write]

  --minutes N   how long the log grows; 10 by default
  --write       writes docs/images/soak.svg
`;

const FAULT_EVERY_MS = 15_000;
/** The load swings once in this time, between its bounds in events per second. */
const SWING_S = 600;
const LOAD = { min: 5, max: 100 };
const LATE_SHARE = 0.02;
/** n8n waits for a token without a limit, so its memory would grow with each of them. */
const LONGEST_RESPONSE_MS = 120_000;
/** After the log has stopped growing, until everything has been returned. */
const ENDS_WITHIN_MS = 600_000;

/** @returns whether everything was read once and the memory stayed flat */
export async function runSoak(args: string[]): Promise<boolean> {
	const { values } = parseArgs({
		args,
		options: {
			minutes: { type: 'string', default: '10' },
			write: { type: 'boolean' },
			help: { type: 'boolean' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return true;
	}
	const minutes = Number(values.minutes);
	if (!(minutes > 0 && minutes < 10_000)) {
		throw new Error(`--minutes needs a number above 0, not "${values.minutes}".`);
	}
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-soak-'));
	const api = await startAuditApi({
		eventCount: 300,
		validateResponses: false,
		behaviour: { tokenLifetimeSeconds: 5, longestResponseMs: LONGEST_RESPONSE_MS },
	});
	await installPackage((await packPackage(userFolder)).tarball, userFolder);
	const n8n = await startN8n({ userFolder, env: COLLECTABLE });
	try {
		const soak = new Soak(n8n);
		await soak.publish({
			clientId: api.clientId,
			clientSecret: api.clientSecret,
			baseUrl: api.baseUrl,
		});
		const middle = (LOAD.min + LOAD.max) / 2;
		const log = new LiveLog(api, {
			perSecond: (seconds) =>
				middle - (middle - LOAD.min) * Math.cos((2 * Math.PI * seconds) / SWING_S),
			lateShare: LATE_SHARE,
		});
		const faults = new Disturber(api, FAULT_EVERY_MS);
		await soak.runFor(minutes * 60_000, log);
		await log.stop();
		faults.stop();
		await soak.awaitAll(log, ENDS_WITHIN_MS);
		const svg = plot(`${minutes} minutes of changing load with faults`, soak.lines);
		if (values.write) {
			const folder = path.join(PROJECT_DIR, 'docs/images');
			await mkdir(folder, { recursive: true });
			await writeFile(path.join(folder, 'soak.svg'), svg);
		}
		return soak.report(log, faults);
	} finally {
		await n8n.stop();
		await api.stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}
