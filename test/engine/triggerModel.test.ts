import '../trigger-model/instantSleep';
import { afterAll, describe, test } from '@jest/globals';
import { type Check, checkTrigger } from '../trigger-model/property';
import { type Setting, settings } from '../trigger-model/world';
import { HttpWorlds } from './httpWorld';

// test/unit/reading/pollModel.test.ts makes many more runs, with a log in memory.
const RUNS = 40;
const MAX_MS = 3_600_000;

describe('Whatever happens, in n8n and over HTTP', () => {
	const worlds = new HttpWorlds();
	const check: Check<Setting> = {
		settings,
		openWorld: async (kind, setting) => await worlds.open(kind, setting),
		runs: RUNS,
	};

	afterAll(async () => await worlds.close());
	test(
		'each new event comes once, and none is missed',
		async () => await checkTrigger('newEvent', check),
		MAX_MS,
	);

	test(
		'each new event type comes once, with its first event, and none is missed',
		async () => await checkTrigger('newEventType', check),
		MAX_MS,
	);

	test(
		'each new value comes once, with its first event, and none is missed',
		async () => await checkTrigger('newValue', check),
		MAX_MS,
	);
});
