import { describe, expect, test } from '@jest/globals';
import type { WindowReading } from '../../../nodes/SignicatAuditTrigger/polling/readWindow';
import { WindowsInProgress } from '../../../nodes/SignicatAuditTrigger/polling/windowsInProgress';
import type { Window } from '../../../nodes/shared/model/window';
import { settle } from '../support/settle';

const window = (from: bigint): Window => ({ from, to: from + 1n });
const readingOf = (read: number): WindowReading => ({
	events: [],
	read,
	oldest: 0n,
	complete: true,
});

/** Windows whose readings end when a test says so. */
class Readings {
	readonly signals: AbortSignal[] = [];

	readonly ends: Array<{ resolve(reading: WindowReading): void; reject(error: unknown): void }> =
		[];

	readonly inProgress = new WindowsInProgress(
		async (_window, signal) =>
			await new Promise((resolve, reject) => {
				this.signals.push(signal);
				this.ends.push({ resolve, reject });
			}),
	);

	constructor(count: number) {
		for (let place = 0; place < count; place++) this.inProgress.start(window(BigInt(place)));
	}
}

describe('windows that are in progress', () => {
	test('are taken in the order in which they began, whichever ends first', async () => {
		const { inProgress, ends } = new Readings(2);
		expect(inProgress.windows).toEqual([window(0n), window(1n)]);
		ends[1]?.resolve(readingOf(1));
		let taken: unknown;
		const taking = inProgress.take().then((first) => (taken = first));
		await settle();
		expect(taken).toBeUndefined();
		ends[0]?.resolve(readingOf(0));
		await taking;
		expect(taken).toEqual({ window: window(0n), reading: readingOf(0) });
		expect(inProgress.windows).toEqual([window(1n)]);
		expect(await inProgress.take()).toEqual({ window: window(1n), reading: readingOf(1) });
		expect(await inProgress.take()).toBeUndefined();
	});

	test('fail in that order, too', async () => {
		const { inProgress, ends } = new Readings(2);
		ends[1]?.reject(new Error('second'));
		ends[0]?.resolve(readingOf(0));
		expect((await inProgress.take())?.reading).toEqual(readingOf(0));
		await expect(inProgress.take()).rejects.toThrow('second');
	});

	test('are ended together, and waited for', async () => {
		const { inProgress, ends, signals } = new Readings(2);
		let hasStopped = false;
		const stopping = inProgress.stop().then(() => (hasStopped = true));
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
		ends[0]?.reject(new Error('ended'));
		await settle();
		expect(hasStopped).toBe(false);
		ends[1]?.resolve(readingOf(1));
		await stopping;
		expect(inProgress.windows).toEqual([]);
		// What begins afterwards is not ended.
		inProgress.start(window(2n));
		expect(signals[2]?.aborted).toBe(false);
		ends[2]?.resolve(readingOf(2));
		expect((await inProgress.take())?.reading).toEqual(readingOf(2));
		await inProgress.stop();
	});
});
