import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { AuditApi, AuditEvent } from '../../../dev/audit-api';

const SCRIPT = join(__dirname, '../../../scripts/probe.mjs');
const TOKEN_LIKE = /[\w-]{40,}/;
const PRIVATE_FIELDS = [
	'cursor',
	'message',
	'userId',
	'clientId',
	'accountId',
	'messageId',
	'referenceId',
	'ipAddress',
	'traceId',
	'jwtId',
] as const satisfies Array<keyof AuditEvent>;

export interface Fact {
	id: string;
	documentation: string;
	verdict: 'holds' | 'does not hold' | 'could not tell';
	found: string;
}

export interface Run {
	code: number | null;
	stdout: string;
	stderr: string;
}

interface RunOptions {
	args?: string[];
	/** Besides the client's credentials and the base URL. */
	env?: Record<string, string | undefined>;
	/** Ctrl-C is pressed when this returns true, once; asked every 20 ms. */
	interruptWhen?: () => boolean;
}

/** Runs the script as a user would, and checks that it gives nothing away. */
export async function runProbe(api: AuditApi, options: RunOptions = {}): Promise<Run> {
	const { args = [], env = {}, interruptWhen } = options;
	const child = spawn(process.execPath, [SCRIPT, ...args], {
		env: {
			PATH: process.env.PATH,
			SIGNICAT_BASE_URL: api.baseUrl,
			SIGNICAT_CLIENT_ID: api.clientId,
			SIGNICAT_CLIENT_SECRET: api.clientSecret,
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const run: Run = { code: null, stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => (run.stdout += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (run.stderr += text));
	const timer = setInterval(() => {
		if (!interruptWhen?.()) return;
		// Once: a second one would end the process without a word, as it should.
		clearInterval(timer);
		child.kill('SIGINT');
	}, 20);
	run.code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	clearInterval(timer);
	expectNothingPrivate(api, run.stdout + run.stderr);
	return run;
}

/** Runs the script with --json and returns the verdict and the finding of each fact, by its id. */
export async function probeFacts(api: AuditApi, options: RunOptions = {}) {
	const run = await runProbe(api, { ...options, args: ['--json'] });
	if (run.stdout === '') throw new Error(run.stderr);
	const report = JSON.parse(run.stdout) as Record<string, unknown> & { facts: Fact[] };
	const verdicts: Record<string, string> = {};
	const found: Record<string, string> = {};
	for (const fact of report.facts) {
		verdicts[fact.id] = fact.verdict;
		found[fact.id] = fact.found;
	}
	const idsOf = (verdict: Fact['verdict']) =>
		report.facts.filter((fact) => fact.verdict === verdict).map(({ id }) => id);
	return {
		...run,
		report,
		verdicts,
		found,
		differing: idsOf('does not hold'),
		untold: idsOf('could not tell'),
	};
}

function expectNothingPrivate(api: AuditApi, output: string): void {
	const { clientId, clientSecret } = api;
	const secrets = [
		clientSecret,
		encodeURIComponent(clientSecret),
		Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
	];
	const values = api.events.flatMap((event) => PRIVATE_FIELDS.map((name) => event[name]));
	const isPrivate = (text: unknown) => typeof text === 'string' && text !== '';
	const leaked = [...secrets, ...new Set(values)]
		.filter(isPrivate)
		.filter((text) => output.includes(String(text)));

	expect(leaked).toEqual([]);
	expect(output).not.toMatch(TOKEN_LIKE);
}
