import type { AuditApi, AuditEvent } from '../../../../dev/audit-api';
import { type RunningN8n, type StoredCredential, waitFor } from '../../../../dev/n8n';
import { executionItems } from '../../support/executionLog';
import { cursorOf } from '../../support/triggerWorkflows';
import { inSequence, triggerNode, twoPollsPerMinute } from '../../support/workflows';

/** A published workflow that starts with the trigger, and the events that it is meant to emit. */
export class PublishedTrigger {
	readonly appended: AuditEvent[] = [];

	private constructor(
		private readonly api: AuditApi,
		readonly workflowId: string,
	) {}

	/** Publishes a workflow whose trigger polls twice per minute. */
	static async publish(
		n8n: RunningN8n,
		api: AuditApi,
		credential: StoredCredential,
	): Promise<PublishedTrigger> {
		const file = inSequence('Watch', triggerNode({ pollTimes: twoPollsPerMinute(10) }));
		const { id } = await n8n.importWorkflow(file, [credential]);
		await n8n.activate(id);
		return new PublishedTrigger(api, id);
	}

	/** Appends events that happen now. */
	append(count = 3): void {
		const at = Date.now();
		const events = Array.from({ length: count }, (_, index) => ({
			timestamp: new Date(at + index).toISOString(),
		}));
		this.appended.push(...this.api.append(...events));
	}

	/** Waits until all of them were emitted. */
	async arrival(n8n: RunningN8n): Promise<void> {
		const expected = this.expected();
		await waitFor(
			async () => {
				const emitted = new Set(await this.emitted(n8n));
				return expected.every((cursor) => emitted.has(cursor));
			},
			{ what: `${expected.length} events`, everyMs: 1000 },
		);
	}

	/** The cursors of the appended events, sorted. */
	expected(): string[] {
		return this.appended.map(({ cursor }) => cursor).sort();
	}

	/** The cursor of every item that the trigger has emitted, sorted. */
	async emitted(n8n: RunningN8n): Promise<string[]> {
		const executions = await n8n.executions(this.workflowId);
		const items = await Promise.all(
			executions.map(async ({ id }) => executionItems(await n8n.execution(id))),
		);
		return items.flat().map(cursorOf).sort();
	}
}
