import { jest } from '@jest/globals';

/**
 * Stops the clock of this process, which the trigger and a local Audit API share. Timers stay the
 * real ones: HTTP needs them.
 */
export function stopClock(now: number): void {
	jest.useFakeTimers({
		now,
		doNotFake: [
			'cancelAnimationFrame',
			'cancelIdleCallback',
			'clearImmediate',
			'clearInterval',
			'clearTimeout',
			'hrtime',
			'nextTick',
			'performance',
			'queueMicrotask',
			'requestAnimationFrame',
			'requestIdleCallback',
			'setImmediate',
			'setInterval',
			'setTimeout',
		],
	});
}

export function moveClock(ms: number): void {
	jest.setSystemTime(Date.now() + ms);
}

export function startClock(): void {
	jest.useRealTimers();
}
