/**
 * Lets requests through a few at a time. When Signicat says that it is too many, all of them wait as
 * long as it asks, and half as many go on; each full round without a complaint lets one more through.
 */
export class RequestGate {
	private limit: number;

	private active = 0;

	private successes = 0;

	private pausedUntil = 0;

	private readonly waiting: Array<() => void> = [];

	constructor(private readonly most: number) {
		this.limit = most;
	}

	/** Waits for a place among the requests under way. Every `enter` has one `leave`. */
	async enter(): Promise<void> {
		if (this.active >= this.limit || this.waiting.length > 0) {
			await new Promise<void>((resolve) => this.waiting.push(resolve));
			return;
		}
		this.active++;
	}

	leave(): void {
		this.active--;
		while (this.active < this.limit && this.waiting.length > 0) {
			this.active++;
			this.waiting.shift()?.();
		}
	}

	/** @returns ms to wait before the next request may go out */
	pause(now: number): number {
		return Math.max(0, this.pausedUntil - now);
	}

	succeeded(): void {
		this.successes++;
		if (this.successes < this.limit) return;
		this.successes = 0;
		this.limit = Math.min(this.most, this.limit + 1);
	}

	/** @param until when the next request may go out, in ms since 1970 */
	slowDown(until: number): void {
		// Requests that were under way together complain together: that is one complaint.
		if (until > this.pausedUntil && this.pause(Date.now()) === 0) {
			this.limit = Math.max(1, Math.floor(this.limit / 2));
		}
		this.successes = 0;
		this.pausedUntil = Math.max(this.pausedUntil, until);
	}
}
