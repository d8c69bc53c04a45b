import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instructionFor } from '../../../dev/demo/guide';
import { exampleNames } from '../../../dev/examples';
import {
	cacheDir,
	findFreePort,
	isPortFree,
	N8N_VERSION,
	N8nRestClient,
	type StoredCredential,
	waitFor,
} from '../../../dev/n8n';
import { PROJECT_DIR } from '../../../dev/n8n/paths';
import { auditNode, nodeOf, startedByHand } from '../support/workflows';

/** Triggers of workflows that a person goes on with, in a form or a chat. */
const WAITS_FOR_A_PERSON = /\.(formTrigger|chatTrigger)$/;

interface ArrivalJson {
	id: string;
	receiver: string;
	to: string;
	text: string;
}

/** `npm run demo` as a person starts it, but in a folder of its own, so that it does not touch theirs. */
describe('The demo', () => {
	let cache: string;
	let port: number;
	let demo: Started;
	let n8n: N8nRestClient;
	let pageUrl: string;

	beforeAll(async () => {
		cache = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-demo-'));
		const installed = `n8n-${N8N_VERSION}`;
		await symlink(path.join(cacheDir(), installed), path.join(cache, installed), 'junction');
		port = await findFreePort();
		demo = start();
		await waitFor(() => demo.output.includes('Press Ctrl-C') || demo.hasEnded, {
			what: 'the demo',
		});
		expect(demo.output).toContain('Press Ctrl-C');
		pageUrl = printed('What arrived');
		n8n = new N8nRestClient(printed('Editor').replace('localhost', '127.0.0.1'));
		await n8n.signIn({ email: printed('E-mail'), password: printed('Password') });
	});

	afterAll(async () => {
		demo?.child.kill('SIGKILL');
		await rm(cache, { recursive: true, force: true });
	});

	interface Started {
		child: ChildProcess;
		output: string;
		hasEnded: boolean;
		/** Its exit code. */
		ended: Promise<number | null>;
	}

	function start(...args: string[]): Started {
		const script = path.join(PROJECT_DIR, 'scripts/demo.mjs');
		const env = { ...process.env, N8N_CACHE_DIR: cache, DEMO_PORT: String(port) };
		const child = spawn(process.execPath, [script, ...args], { env });
		const ended = new Promise<number | null>((resolve) => {
			// Not `exit`, after which there may be more output.
			child.once('close', (code) => {
				started.hasEnded = true;
				resolve(code);
			});
		});
		const started: Started = { child, output: '', hasEnded: false, ended };
		const append = (chunk: Buffer) => (started.output += chunk.toString());
		child.stdout.on('data', append);
		child.stderr.on('data', append);
		return started;
	}

	const printed = (label: string): string =>
		new RegExp(`^ +${label} +(\\S+)$`, 'm').exec(demo.output)?.[1] ?? '';

	const arrivals = async (): Promise<ArrivalJson[]> => {
		const response = await fetch(`${pageUrl}/arrivals.json`);
		return ((await response.json()) as { arrivals: ArrivalJson[] }).arrivals;
	};

	const imported = async () => {
		const text = await readFile(path.join(cache, 'demo/imported.json'), 'utf8');
		return JSON.parse(text) as Record<string, { id: string }>;
	};

	test('prints the first query’s events, and says for each workflow what to click', async () => {
		expect(demo.output).toContain('The newest 20 events of the last 24 hours');
		const page = await (await fetch(pageUrl)).text();
		for (const { id, name } of await n8n.workflows()) {
			if (name === 'Signicat Audit demo') continue;
			expect(demo.output).toContain(name);
			expect(page).toContain(`/workflow/${id}"`);
		}
		expect(Object.keys(await imported()).sort()).toEqual(exampleNames);
	});

	test('shows what a workflow sends to Slack', async () => {
		const credentials = await n8n.request<StoredCredential[]>('GET', '/rest/credentials');
		const slack = nodeOf('Slack', 'n8n-nodes-base.slack', {
			typeVersion: 2.7,
			parameters: {
				select: 'channel',
				channelId: { __rl: true, mode: 'name', value: '#try' },
				text: '=*{{ $json.total }}* events &lt;b&gt;',
				otherOptions: { includeLinkToWorkflow: false },
			},
			credentials: { slackApi: { id: '', name: 'Slack' } },
		});
		const count = auditNode('Count', { operation: 'summarize', period: 'last7Days' });
		count.credentials = { signicatOAuth2Api: { id: '', name: 'Signicat' } };
		const execution = await n8n.runWorkflow(startedByHand('Count events', count, slack), {
			credentials,
		});
		expect(execution.status).toBe('success');
		const [message] = (await arrivals()).filter(({ to }) => to === '#try');
		expect(message).toMatchObject({
			receiver: 'Slack',
			text: expect.stringMatching(/^\*\d+\* events &lt;b&gt;$/),
		});
		const card = await (await fetch(`${pageUrl}/cards/${message?.id}`)).text();
		expect(card).toMatch(/<strong>\d+<\/strong> events &lt;b&gt;/);
	});

	test('each example sends with one click what the demo says', async () => {
		const ids = await imported();
		for (const [example, { id }] of Object.entries(ids)) {
			const { nodes, settings } = await n8n.workflow(id);
			const errorWorkflow = ids['error-workflow']?.id;
			if (example !== 'error-workflow')
				expect([example, settings?.errorWorkflow]).toEqual([example, errorWorkflow]);
			const trigger = nodes.find(({ type }) => /trigger$/i.test(type));
			if (!trigger || WAITS_FOR_A_PERSON.test(trigger.type)) continue;
			const before = new Set((await arrivals()).map((it) => it.id));
			await n8n.request('POST', `/rest/workflows/${id}/run`, {
				triggerToStartFrom: { name: trigger.name },
			});
			const { receivers } = instructionFor(example);
			expect([example, receivers]).toEqual([example, expect.arrayContaining([expect.any(String)])]);
			const arrivedAt = async (receiver: string) =>
				(await arrivals()).some((it) => it.receiver === receiver && !before.has(it.id));
			for (const receiver of receivers) {
				const what = `what ${example} sends to ${receiver}`;
				await waitFor(async () => await arrivedAt(receiver), { what });
			}
		}
	});

	test('ends everything with Ctrl-C, and keeps the workflows for the next start', async () => {
		const before = await imported();
		demo.child.kill('SIGINT');
		expect(await demo.ended).toBe(0);
		expect(await isPortFree(port)).toBe(true);
		await expect(fetch(pageUrl)).rejects.toThrow('fetch failed');
		expect(existsSync(path.join(cache, 'demo.lock'))).toBe(false);

		demo = start('--once');
		expect([await demo.ended, demo.output]).toEqual([0, expect.stringContaining('Imported')]);
		expect(await imported()).toEqual(before);
	});
});
