import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { DensityName } from '../audit-api/densities';
import type { AuditEvent, Behaviour, RecordedRequest } from '../audit-api';
import { endWithUs } from '../n8n/endWithUs';
import { PROJECT_DIR } from '../n8n/paths';
import { present } from '../../test/support/present';

export interface LogPlan {
	events: number;
	/** Where the events lie, ISO 8601, `to` exclusive. */
	from: string;
	to: string;
	/** How they lie in that range; evenly by default. */
	density?: DensityName;
	/** Computed when they are read, because there are too many to hold. */
	isLong?: boolean;
}

/** The local Audit API in its own process, with prepared responses. */
export class AuditApiProcess {
	constructor(
		private readonly child: ChildProcess,
		readonly credential: { clientId: string; clientSecret: string; baseUrl: string },
		/** Where it is on this machine. */
		private readonly local = credential.baseUrl,
	) {}

	get port(): number {
		return Number(new URL(this.local).port);
	}

	/** The same, as it is reached through something in front of it. */
	reachedAt(origin: string): AuditApiProcess {
		return new AuditApiProcess(this.child, { ...this.credential, baseUrl: origin }, this.local);
	}

	async configure(behaviour: Partial<Behaviour>): Promise<void> {
		const { baseUrl } = this.credential;
		const nextOrigin = baseUrl === this.local ? null : baseUrl;
		await this.control('configure', { nextOrigin, ...behaviour });
	}

	/** Clears the recorded requests and resets the behaviour. */
	async reset(): Promise<void> {
		await this.control('reset', {});
	}

	/** Stores events, and returns them. */
	async append(...drafts: Array<Partial<AuditEvent>>): Promise<AuditEvent[]> {
		return (await this.control('append', drafts)) as AuditEvent[];
	}

	/** How many requests of an operation arrived since the last reset. */
	async countRequests(operation: RecordedRequest['operation']): Promise<number> {
		const response = await fetch(`${this.local}/_control/requests`);
		const { requests } = (await response.json()) as { requests: RecordedRequest[] };
		return requests.filter((request) => request.operation === operation).length;
	}

	/** The newest range that contains `count` events, or a few more if some share a timestamp. */
	async newest(count: number, { from, to }: Omit<LogPlan, 'events'>): Promise<LogPlan> {
		const { clientId, clientSecret } = this.credential;
		const baseUrl = this.local;
		const form = { grant_type: 'client_credentials', scope: 'signicat-api' };
		const tokenResponse = await fetch(`${baseUrl}/auth/open/connect/token`, {
			method: 'POST',
			body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
		});
		const { access_token: token } = (await tokenResponse.json()) as { access_token: string };
		const times: string[] = [];
		let url: string | null = `${baseUrl}/audit/query?limit=1000`;
		// One more page, for events with the same timestamp as the last one.
		while (url && times.length < count + 1000) {
			const response: Response = await fetch(url, {
				method: 'POST',
				headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
				body: JSON.stringify({ and: null, from, to }),
			});
			const page = (await response.json()) as {
				data: Array<{ timestamp: string }>;
				next: string | null;
			};
			times.push(...page.data.map(({ timestamp }) => timestamp));
			url = page.next;
		}
		const oldest = present(times[count - 1]);
		return { from: oldest, to, events: times.filter((time) => time >= oldest).length };
	}

	stop(): void {
		this.child.kill('SIGKILL');
	}

	private async control(action: string, body: unknown): Promise<unknown> {
		const response = await fetch(`${this.local}/_control/${action}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return (await response.json()) as unknown;
	}
}

/** @throws Error with the output of the process, if it ends before it listens */
export async function startAuditApiProcess({
	events,
	from,
	to,
	density,
	isLong = false,
}: LogPlan): Promise<AuditApiProcess> {
	const child = spawn(
		process.execPath,
		[
			'--max-old-space-size=8192',
			'--import',
			createRequire(__filename).resolve('tsx'),
			path.join(PROJECT_DIR, isLong ? 'dev/bench/longLog.ts' : 'dev/audit-api/cli.ts'),
			...['--port', '0', '--events', String(events), '--from', from, '--to', to],
			...(density ? ['--density', density] : []),
			...['--prepared', '--control'],
		],
		{ cwd: PROJECT_DIR, stdio: ['ignore', 'pipe', 'pipe'] },
	);
	endWithUs(child);
	let output = '';
	return await new Promise((resolve, reject) => {
		const read = (chunk: Buffer): void => {
			output += chunk.toString();
			const valueOf = (name: string) => new RegExp(`${name} +(\\S+)`).exec(output)?.[1] ?? '';
			if (!output.includes('Press Ctrl-C')) return;
			resolve(
				new AuditApiProcess(child, {
					baseUrl: valueOf('Base URL'),
					clientId: valueOf('Client ID'),
					clientSecret: valueOf('Client Secret'),
				}),
			);
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('exit', () => reject(new Error(`The local Audit API ended:\n${output}`)));
	});
}
