import '../../trigger-model/instantSleep';
import { describe, test } from '@jest/globals';
import { checkTrigger } from '../../trigger-model/property';
import { memorySettings, openMemoryWorld } from '../support/memoryWorld';

const CHECK = { settings: memorySettings, openWorld: openMemoryWorld, runs: 400 };
const MAX_MS = 3_600_000;

describe('Whatever happens, over a log in memory', () => {
	test(
		'each new event comes once, and none is missed',
		async () => await checkTrigger('newEvent', CHECK),
		MAX_MS,
	);

	test(
		'each new event type comes once, with its first event, and none is missed',
		async () => await checkTrigger('newEventType', CHECK),
		MAX_MS,
	);

	test(
		'each new value comes once, with its first event, and none is missed',
		async () => await checkTrigger('newValue', CHECK),
		MAX_MS,
	);
});
