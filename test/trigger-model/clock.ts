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

/** @param now ms since 1970 */
export function setClock(now: number): void {
	jest.setSystemTime(now);
}

export function moveClock(ms: number): void {
	setClock(Date.now() + ms);
}

export function startClock(): void {
	jest.useRealTimers();
}
