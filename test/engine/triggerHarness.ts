import { expect } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { StoredState } from '../../nodes/SignicatAuditTrigger/state/storedState';
import { type AuditApi, type AuditApiOptions, startAuditApi } from '../../dev/audit-api';
import { startClock, stopClock } from '../trigger-model/clock';
import type { EngineName } from '../support/pollingEngines';
import { ENGINES, type PollingEngine } from '../trigger-model/engines';
import { credentialFor } from './engine';
import { loadsTrigger } from './httpWorld';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const DAY_MS = 24 * 60 * MINUTE_MS;

interface TriggerHarnessOptions {
	parameters?: INodeParameters;
	api?: AuditApiOptions;
	/** How far n8n's clock is ahead of the server's. */
	skewMs?: number;
}

/** The trigger in one of n8n's polling engines, at a stopped clock, with an Audit API of its own. */
export class TriggerHarness {
	readonly engine: PollingEngine;

	private seenRequests = 0;

	private constructor(
		readonly api: AuditApi,
		/** If changed, they apply after a restart. */
		public parameters: INodeParameters,
		/** How far n8n's clock is ahead of the server's. */
		readonly clocks: { skewMs: number },
		name: EngineName,
	) {
		this.engine = new ENGINES[name](loadsTrigger(credentialFor(api), () => this.parameters));
	}

	static async open(
		name: EngineName,
		options: TriggerHarnessOptions = {},
	): Promise<TriggerHarness> {
		const { parameters = {}, api = {}, skewMs = 0 } = options;
		// Not on a whole second, unlike the Date header.
		stopClock(Date.UTC(2026, 10, 1, 12, 0, 0, 345));
		const clocks = { skewMs };
		const now = () => new Date(Date.now() - clocks.skewMs);
		const started = await startAuditApi({ eventCount: 0, now, ...api });
		return new TriggerHarness(started, parameters, clocks, name);
	}

	async close(): Promise<void> {
		await this.api.stop();
		startClock();
		expect(this.api.violations).toEqual([]);
	}

	/** A timestamp `ms` before now on the server's clock, with seven digits. */
	ago(ms: number): string {
		return new Date(Date.now() - this.clocks.skewMs - ms).toISOString().replace('Z', '4567Z');
	}

	/** @returns the cursors, oldest event first */
	append(...agesMs: number[]): string[] {
		const sorted = [...agesMs].sort((a, b) => b - a);
		return cursorsOf(this.api.append(...sorted.map((age) => ({ timestamp: this.ago(age) }))));
	}

	/** One poll. @returns the cursors that it emitted */
	async poll(): Promise<string[]> {
		return cursorsOf(await this.engine.poll());
	}

	/** The state that the next poll will find. */
	get state(): StoredState | undefined {
		return this.engine.state as unknown as StoredState | undefined;
	}

	/** How many events the trigger remembers. */
	get remembered(): number {
		return (this.state?.emitted?.count ?? 0) + (this.state?.undated.length ?? 0) / 16;
	}

	/** The operations of the requests since the last call. */
	newRequests(): string[] {
		const operations = this.api.requests.slice(this.seenRequests).map(({ operation }) => operation);
		this.seenRequests = this.api.requests.length;
		return operations;
	}
}

export function cursorsOf(events: ReadonlyArray<IDataObject | { cursor: string }>): string[] {
	return events.map(({ cursor }) => String(cursor));
}

/** The error of a poll that should fail. */
export async function failureOf(poll: Promise<unknown>): Promise<{
	message: string;
	failure?: { cause?: string; retryAfterMs?: number };
}> {
	try {
		await poll;
	} catch (error) {
		return error as Error;
	}
	throw new Error('The poll did not fail');
}
