import '../trigger-model/instantSleep';
import { expect, test } from '@jest/globals';
import { moveClock } from '../trigger-model/clock';
import { DAY_MS, MINUTE_MS, SECOND_MS, TriggerHarness } from './triggerHarness';

test('a Date header that is 50 days behind from the activation on: events are emitted at once', async () => {
	const harness = await TriggerHarness.open('default');
	harness.api.configure({ dateAheadMs: -50 * DAY_MS });
	await harness.poll();
	const events: string[] = [];
	const returned: string[] = [];
	for (let poll = 0; poll < 30; poll++) {
		moveClock(MINUTE_MS);
		events.push(...harness.append(30 * SECOND_MS));
		returned.push(...(await harness.poll()));
	}
	await harness.close();
	expect(returned).toEqual(events);
});
