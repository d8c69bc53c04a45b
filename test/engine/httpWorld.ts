import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { formatTimestamp } from '../../nodes/shared/model/instant';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { moveClock } from '../trigger-model/clock';
import { type LoadTrigger, stateIn } from '../trigger-model/engines';
import { type Kind, parametersOf, type Setting, type World } from '../trigger-model/world';
import { credentialFor, type CredentialStore, RunningTrigger } from './engine';

/** Loads the trigger in n8n's own code; each load knows only what was saved. */
export function loadsTrigger(
	credential: CredentialStore,
	parameters: () => RunningTrigger['parameters'],
): LoadTrigger {
	const workflowId = randomUUID();
	return (saved) => {
		const trigger = new RunningTrigger(credential, parameters(), workflowId);
		trigger.saved = saved;
		trigger.restart();
		const staticData = () => {
			trigger.save();
			return trigger.saved;
		};
		return {
			poll: async (budgetMs) => await trigger.poll({ budgetMs }),
			staticData,
			state: () => stateIn(staticData()),
		};
	};
}

const DAY_MS = 86_400_000;
/** Further than any run looks back: without a Date header, an activation looks back 60 days for the newest event. */
const APART_MS = 62 * DAY_MS;
/** The trigger stores times up to the year 2058. */
const MAX_WORLDS = 100;

/**
 * The trigger in n8n-core's PollContext, and the local Audit API over HTTP. Many worlds share one server,
 * because its first request takes long; each world begins two months after the previous one.
 */
export class HttpWorlds {
	private api?: AuditApi;

	private opened = 0;

	/** The setting of the open world. */
	private setting: Pick<Setting, 'skewMs'> = { skewMs: 0 };

	async open(kind: Kind, setting: Setting): Promise<World> {
		if (this.opened % MAX_WORLDS === 0) await this.close();
		this.api ??= await startAuditApi({
			eventCount: 0,
			now: () => new Date(Date.now() - this.setting.skewMs),
			// Known metadata would contain the event types of the other worlds.
			behaviour: { metadataShape: 'unexpected' },
		});
		const { api } = this;
		moveClock(APART_MS * (this.opened++ % MAX_WORLDS));
		const { timestampDigits, fromInclusive, emptyPages, dateHeader } = setting;
		this.setting = setting;
		api.reset();
		api.configure({ timestampDigits, fromInclusive, emptyPages, dateHeader });
		return {
			serverNow: () => Date.now() - setting.skewMs,
			append: (drafts) => {
				const events = drafts.map(({ at, ...fields }) => {
					return { ...fields, timestamp: formatTimestamp(at) };
				});
				return api.append(...events).map(({ cursor }) => cursor);
			},
			fail: (fault, options) => api.fail(fault, options),
			clearFaults: () => api.clearFaults(),
			setDateAhead: (dateAheadMs) => api.configure({ dateAheadMs }),
			revokeTokens: () => api.revokeTokens(),
			requests: () => api.requests.length,
			// That would take thousands of events.
			hasShrunk: () => false,
			load: loadsTrigger(credentialFor(api), () => parametersOf(kind, setting)),
			stop: async () => expect(api.violations).toEqual([]),
		};
	}

	async close(): Promise<void> {
		await this.api?.stop();
		this.api = undefined;
	}
}
