import { expect, test } from '@jest/globals';
import type { IPollFunctions } from 'n8n-workflow';
import { logSkippedPoll } from '../../../nodes/SignicatAuditTrigger/pollLog';

test('the second poll in a row that is skipped because one is still running is a warning', () => {
	const lines: string[] = [];
	const log = (level: string) => (text: string) => lines.push(`${level}: ${text}`);
	const logger = { debug: log('debug'), info: log('info'), warn: log('warn') };
	const context = { logger } as unknown as IPollFunctions;
	for (const skippedInARow of [1, 2]) {
		logSkippedPoll(context, {
			mayPoll: false,
			reason: 'running',
			skippedInARow,
			runningForMs: skippedInARow * 60_000,
		});
	}
	expect(lines).toEqual([
		expect.stringMatching(/^debug: .*60 seconds ago is still running$/),
		expect.stringMatching(/^warn: .*2 minutes ago is still running \(2 polls skipped in a row\)$/),
	]);
});
