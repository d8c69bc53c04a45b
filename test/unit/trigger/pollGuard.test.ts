import { describe, expect, test } from '@jest/globals';
import { PollGuard, type PollTurn } from '../../../nodes/SignicatAuditTrigger/pollGuard';

const NOW = Date.UTC(2026, 10, 1, 12);
const BUDGET_MS = 45_000;

function begun(guard: PollGuard, name: string, now: number): PollTurn {
	const admission = guard.begin(name, { nowMs: now, untilMs: now + BUDGET_MS });
	if (!admission.mayPoll) throw new Error(`It may not poll: ${admission.reason}`);
	return admission.turn;
}

const refused = (guard: PollGuard, now: number) => {
	const admission = guard.begin('node', { nowMs: now, untilMs: now + BUDGET_MS });
	return admission.mayPoll ? undefined : admission;
};

describe('the turn of a node', () => {
	test('is one poll at a time, and counts the polls that are skipped', () => {
		const guard = new PollGuard();
		const poll = begun(guard, 'node', NOW);
		expect(refused(guard, NOW + 1000)).toEqual({
			mayPoll: false,
			reason: 'running',
			skippedInARow: 1,
			runningForMs: 1000,
		});
		expect(refused(guard, NOW + 2000)).toMatchObject({ skippedInARow: 2 });
		poll.end();
		begun(guard, 'node', NOW + 3000).end();
		begun(guard, 'node', NOW + 4000);
		expect(refused(guard, NOW + 5000)).toMatchObject({ skippedInARow: 1 });
	});

	test('knows whether reading failed in the one before', () => {
		const guard = new PollGuard();
		const turnOf = (node: string) => {
			const turn = begun(guard, node, NOW);
			turn.end();
			return turn;
		};
		const first = turnOf('node');
		expect(first.isAfterFailure).toBe(false);
		first.noteReading(true);
		expect(turnOf('another').isAfterFailure).toBe(false);
		const second = turnOf('node');
		expect(second.isAfterFailure).toBe(true);
		second.noteReading(false);
		expect(turnOf('node').isAfterFailure).toBe(false);
	});

	test('is its own for each node', () => {
		const guard = new PollGuard();
		begun(guard, 'node', NOW);
		begun(guard, 'another', NOW);
	});

	test('goes to the next poll when one has taken far too long, and stays there', () => {
		const guard = new PollGuard();
		const lost = begun(guard, 'node', NOW);
		expect(refused(guard, NOW + BUDGET_MS + 10_000)).toBeDefined();
		const next = begun(guard, 'node', NOW + 60_000);
		expect([lost.isCurrent(), next.isCurrent()]).toEqual([false, true]);
		// The lost one ends at last: that is nobody's business any more.
		lost.end();
		expect(next.isCurrent()).toBe(true);
		expect(refused(guard, NOW + 61_000)).toBeDefined();
	});

	test('does not wait for a clock that was set back', () => {
		const guard = new PollGuard();
		begun(guard, 'node', NOW);
		begun(guard, 'node', NOW - 3_600_000);
	});
});

test('progress is counted in a row', () => {
	const guard = new PollGuard();
	const count = (progressed: boolean) => {
		const poll = begun(guard, 'node', NOW);
		const inARow = poll.countProgress(progressed);
		poll.end();
		return inARow;
	};
	expect([false, false, true, false].map(count)).toEqual([1, 2, 0, 1]);
});
