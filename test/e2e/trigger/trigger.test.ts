import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../dev/audit-api/types';
import { ENGINE_NAMES, type EngineName } from '../../support/pollingEngines';
import { TestBed } from '../support/testBed';
import { type Outcome, type Phase, TriggerScenario } from '../support/triggerScenario';
import {
	cursorOf,
	isMeantFor,
	WORKFLOW_NAMES,
	type WorkflowName,
} from '../support/triggerWorkflows';

/** Both engines go through the scenario at the same time, because n8n polls at most twice per minute. */
describe('The trigger of the packed package, in real n8n instances that fail in every way', () => {
	let bed: TestBed;
	const outcomes = new Map<EngineName, PromiseSettledResult<Outcome>>();

	beforeAll(async () => {
		bed = await TestBed.open('trigger');
		const scenarios = ENGINE_NAMES.map(async (engine) => await TriggerScenario.run(engine, bed));
		const settled = await Promise.allSettled(scenarios);
		settled.forEach((one, index) => outcomes.set(ENGINE_NAMES[index] ?? 'default', one));
	});
	afterAll(async () => await bed?.close());

	describe.each(ENGINE_NAMES)('%s', (engine) => {
		const outcome = (): Outcome => {
			const settled = outcomes.get(engine);
			if (settled?.status === 'fulfilled') return settled.value;
			throw settled?.reason;
		};

		const executionsOf = (workflow: WorkflowName) => outcome().started.get(workflow) ?? [];

		/** How often each event of a phase was emitted to the workflows that it is meant for. */
		function timesEmitted(phase: Phase, isCounted: (event: AuditEvent) => boolean = () => true) {
			const batch = outcome().appended.get(phase) ?? [];
			return WORKFLOW_NAMES.flatMap((workflow) => {
				const cursors = executionsOf(workflow).flatMap(({ items }) => items.map(cursorOf));
				return batch
					.filter((event) => isMeantFor(workflow, event, batch) && isCounted(event))
					.map(({ cursor }) => ({
						workflow,
						cursor,
						times: cursors.filter((one) => one === cursor).length,
					}));
			});
		}

		function expectOnce(phase: Phase, isCounted?: (event: AuditEvent) => boolean): void {
			const counted = timesEmitted(phase, isCounted);
			expect(counted.length).toBeGreaterThan(0);
			expect(counted.filter(({ times }) => times !== 1)).toEqual([]);
		}

		test(`${engine} engine: the instance polls with this engine, as n8n's table of durable cursors shows`, () => {
			expect(outcome().durableCursors).toEqual(engine === 'durable' ? WORKFLOW_NAMES : []);
		});

		test(`${engine} engine: events appended between publication and the next poll are emitted once`, () => {
			expectOnce('published');
		});

		test(`${engine} engine: events appended while n8n runs are emitted once to every workflow they are meant for`, () => {
			expectOnce('running');
		});

		test(`${engine} engine: an event that arrives two minutes late is emitted once`, () => {
			const [late, newer] = outcome().appended.get('running') ?? [];
			expect(Date.parse(newer?.timestamp ?? '') - Date.parse(late?.timestamp ?? '')).toBe(120_000);
			expectOnce('running', (event) => event === late);
		});

		test(`${engine} engine: events appended while n8n was killed between two polls are emitted once after it starts again`, () => {
			expectOnce('killedBetween');
		});

		test(`${engine} engine: events of a poll during which n8n was killed are emitted once after it starts again`, () => {
			expect(outcome().killedDuring).toBeGreaterThanOrEqual(WORKFLOW_NAMES.length);
			expectOnce('killedDuring');
		});

		test(`${engine} engine: events appended after a restart are emitted once`, () => {
			expectOnce('restarted');
		});

		test(`${engine} engine: events appended while the Audit API fails for a whole poll are emitted once after it`, () => {
			const failed = WORKFLOW_NAMES.filter((name) => outcome().failures.get(name));
			expect(failed).toEqual(WORKFLOW_NAMES.filter((name) => name !== 'republished'));
			expectOnce('faulty');
		});

		test(`${engine} engine: events appended while a workflow is unpublished are emitted once, together, when it is published again`, () => {
			expectOnce('unpublished');
			const { appended } = outcome();
			const missed = [...(appended.get('faulty') ?? []), ...(appended.get('unpublished') ?? [])];
			const batches = executionsOf('republished').map(({ items }) => items.map(cursorOf).sort());
			expect(batches).toContainEqual(missed.map(({ cursor }) => cursor).sort());
		});

		test(`${engine} engine: after all of this, the trigger continues as before`, () => {
			expectOnce('afterwards');
		});

		if (engine === 'durable') {
			// n8n stores the cursor and the execution in one transaction.
			test('durable engine: events that n8n had just read when it was killed are emitted once', () => {
				expect(outcome().killedAfter).toBeGreaterThanOrEqual(1);
				expectOnce('killedAfter');
			});
		} else {
			// n8n stores the trigger's state first and the execution after it: if it is killed in between, the
			// batch is lost, and no trigger can tell.
			test('default engine: events that n8n had just read when it was killed are emitted at most once, and the whole batch or none of it', () => {
				expect(outcome().killedAfter).toBeGreaterThanOrEqual(1);
				const counted = timesEmitted('killedAfter');
				expect(counted.filter(({ times }) => times > 1)).toEqual([]);
				for (const name of WORKFLOW_NAMES) {
					const times = counted.filter(({ workflow }) => workflow === name).map((it) => it.times);
					expect(new Set(times).size).toBe(1);
				}
			});
		}

		test(`${engine} engine: no workflow receives an event twice, or one that is not meant for it`, () => {
			for (const workflow of WORKFLOW_NAMES) {
				const meant = [...outcome().appended.values()].flatMap((batch) =>
					batch.filter((event) => isMeantFor(workflow, event, batch)),
				);
				const cursors = executionsOf(workflow).flatMap(({ items }) => items.map(cursorOf));
				expect(cursors).toHaveLength(new Set(cursors).size);
				const known = new Set(meant.map(({ cursor }) => cursor));
				expect(cursors.filter((cursor) => !known.has(cursor))).toEqual([]);
			}
		});

		test(`${engine} engine: the items of an execution are in order, oldest first`, () => {
			for (const { items } of WORKFLOW_NAMES.flatMap(executionsOf)) {
				const times = items.map((item) => {
					const event = (item.event ?? item) as { timestamp?: string };
					return String(event.timestamp);
				});
				expect(times).toEqual([...times].sort());
			}
		});

		test(`${engine} engine: every response of the Audit API was as docs/openapi.yaml describes it`, () => {
			expect(outcome().violations).toEqual([]);
		});
	});
});
