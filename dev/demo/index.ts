import path from 'node:path';
import { type AuditApi, startAuditApi } from '../audit-api';
import { ensureN8n, installPackage, packOnce, type RunningN8n, startN8n } from '../n8n';
import { lastLines } from '../n8n/command';
import { type Guide, startInbox } from '../receivers/inbox';
import type { LocalReceiver } from '../receivers/types';
import { watchPackage } from '../../scripts/lib/watch';
import { signicatCredential, storeCredentials, testCredential } from './credentials';
import { forgetAlerts } from './dataTables';
import { runFirstQuery } from './firstQuery';
import { instructionFor } from './guide';
import { DEMO_FOLDER, readOwner, reservePort } from './place';
import { say, summaryOf } from './print';
import { startReceivers } from './receivers';
import { stopOnSignals } from './stopper';
import { silentAccount, startTraffic } from './traffic';
import { importExamples, type ImportedExample } from './workflows';

/** The example that shows something only in an account without new events. */
const NEEDS_SILENCE = 'alert-on-silence';

export interface DemoOptions {
	/** Ends after the first query. */
	once?: boolean;
	/** Compiles on every change, and n8n reloads the nodes. */
	watch?: boolean;
	/** Lets a debugger attach to n8n on port 9229. */
	inspect?: boolean;
}

/**
 * Demonstrates the package: a local Audit API, a real n8n with the packed package and the example workflows, local
 * receivers for what the workflows send, a page that shows it, and the events of a first query. Runs until Ctrl-C
 * unless `once` is set.
 */
export async function runDemo({ once, watch, inspect }: DemoOptions): Promise<void> {
	const startedAt = Date.now();
	const port = await reservePort();
	const editorUrl = `http://localhost:${port}`;
	const stop = stopOnSignals(say);
	await ensureN8n({ onProgress: say });

	say('Starting the local Audit API, and the receivers for what the workflows send');
	const api = await startAuditApi();
	stop.add(async () => await api.stop());
	const silentApi = await startAuditApi({ events: [] });
	silentApi.append(...silentAccount());
	stop.add(async () => await silentApi.stop());
	const receivers = await startReceivers(path.join(DEMO_FOLDER, 'received'));
	receivers.forEach((receiver) => stop.add(async () => await receiver.stop()));

	say('Building, packing and installing the package');
	const tarball = await packOnce(DEMO_FOLDER);
	await installPackage(tarball, DEMO_FOLDER);

	const owner = await readOwner();
	const env = {
		...Object.assign({}, ...receivers.map((receiver) => receiver.env)),
		...(watch && { N8N_DEV_RELOAD: 'true' }),
		...(inspect && { NODE_OPTIONS: '--inspect=127.0.0.1:9229' }),
	};
	const n8n = await startN8n({ userFolder: DEMO_FOLDER, port, env, owner, onProgress: say });
	stop.add(async () => await n8n.stop());

	const examples = await importAll(n8n, { api, silentApi, receivers });
	if (once) {
		say(`\nImported: ${examples.map(({ name }) => name).join(', ')}`);
		await stop.now();
		return;
	}

	const stopTraffic = startTraffic(api);
	stop.add(async () => stopTraffic());
	const guide: Guide = {
		editorUrl,
		...owner,
		workflows: examples.map(({ example, name, id }) => {
			return { name, url: `${editorUrl}/workflow/${id}`, ...instructionFor(example) };
		}),
	};
	const inbox = await startInbox(receivers, () => guide);
	stop.add(async () => await inbox.stop());
	say(summaryOf({ startedAt, guide, inboxUrl: inbox.url, api, watch }));
	if (watch) {
		stop.add(await watchPackage(DEMO_FOLDER, say));
		stop.add(printReloads(n8n));
	}
	await n8n.ended;
	if (stop.isStopping) return;
	throw new Error(`n8n ended unexpectedly. The end of its log:\n\n${lastLines(n8n.log, 20)}`);
}

interface Servers {
	api: AuditApi;
	/** The audit log of an account in which nothing happens. */
	silentApi: AuditApi;
	receivers: LocalReceiver[];
}

/** Stores the credentials, runs the first query, and imports the examples. */
async function importAll(
	n8n: RunningN8n,
	{ api, silentApi, receivers }: Servers,
): Promise<ImportedExample[]> {
	const [signicat, silent, ...others] = await storeCredentials(n8n, [
		signicatCredential(api, 'Signicat'),
		signicatCredential(silentApi, 'Signicat (account without new events)'),
		...receivers.flatMap(({ credentials }) => credentials),
	]);
	if (!signicat || !silent) throw new Error('n8n did not store the credentials');
	await testCredential(n8n, signicat);
	say(await runFirstQuery(n8n, [signicat]));
	await forgetAlerts(n8n);
	const settings: Record<string, string> = Object.assign(
		{},
		...receivers.map((receiver) => receiver.settings),
	);
	return await importExamples(n8n, {
		credentialsFor: (example) => [example === NEEDS_SILENCE ? silent : signicat, ...others],
		settings,
	});
}

/** Prints what n8n logs about its reloads; returns a function that stops this. */
function printReloads(n8n: RunningN8n): () => Promise<void> {
	let printed = n8n.log.length;
	const timer = setInterval(() => {
		const end = n8n.log.lastIndexOf('\n') + 1;
		if (end <= printed) return;
		const lines = n8n.log.slice(printed, end).split('\n');
		printed = end;
		lines.filter((line) => line.includes('Hot reload')).forEach((line) => say(`n8n: ${line}`));
	}, 500);
	return async () => clearInterval(timer);
}
