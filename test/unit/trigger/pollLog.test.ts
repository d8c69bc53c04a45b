import { expect, test } from '@jest/globals';
import type { IPollFunctions } from 'n8n-workflow';
import { logResult, logSkippedPoll } from '../../../nodes/SignicatAuditTrigger/pollLog';
import type { PollResult } from '../../../nodes/SignicatAuditTrigger/polling/pollResult';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';

/** What a function logs, each line with its level. */
function logged(log: (context: IPollFunctions) => void): string[] {
	const lines: string[] = [];
	const at = (level: string) => (text: string) => lines.push(`${level}: ${text}`);
	const logger = { debug: at('debug'), info: at('info'), warn: at('warn') };
	log({ logger } as unknown as IPollFunctions);
	return lines;
}

test('the second poll in a row that is skipped because one is still running is a warning', () => {
	const lines = logged((context) => {
		for (const skippedInARow of [1, 2]) {
			logSkippedPoll(context, {
				mayPoll: false,
				reason: 'running',
				skippedInARow,
				runningForMs: skippedInARow * 60_000,
			});
		}
	});
	expect(lines).toEqual([
		expect.stringMatching(/^debug: .*60 seconds ago is still running$/),
		expect.stringMatching(/^warn: .*2 minutes ago is still running \(2 polls skipped in a row\)$/),
	]);
});

test.each([
	['nothing', {}, []],
	['one skipped entry', { skipped: 1 }, [/^warn: .*skipped 1 entry that is not an event$/]],
	['skipped entries', { skipped: 2 }, [/^warn: .*skipped 2 entries that are not events$/]],
	[
		'a shortened overlap',
		{ overlapTruncated: true },
		[/^warn: .*'Late Arrival Minutes'.*shortened/],
	],
	[
		'a position that is set back a little',
		{ setBackMs: 1000 },
		[/^warn: .*position was 1 second in the future/],
	],
	['a failure without progress', { failure: new Error('401'), progressed: false }, []],
	[
		'a failure after some progress',
		{ failure: new Error('401'), progressed: true },
		[/^warn: .*reading stopped early; the next poll reads the rest$/],
	],
] as Array<[string, Partial<PollResult>, RegExp[]]>)('a poll with %s', (_what, details, lines) => {
	const result = { state: startAt(0n, 'key'), skipped: 0, progressed: true, ...details };
	expect(logged((context) => logResult(context, result as PollResult))).toEqual(
		lines.map((line) => expect.stringMatching(line)),
	);
});
