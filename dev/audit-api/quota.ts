import type { Response } from 'express';
import { ApiProblem } from './problems';
import type { Behaviour, Quota } from './types';

/** Counts requests in windows of fixed length; the first one starts with the first request. */
export class QuotaCounter {
	private endsAt = -Infinity;
	private used = 0;

	constructor(private readonly now: () => Date) {}

	clear(): void {
		this.endsAt = -Infinity;
		this.used = 0;
	}

	/** @throws ApiProblem 429; the headers then say when the next request will succeed */
	count(res: Response, { quota, dateAheadMs }: Behaviour): void {
		if (!quota) return;
		const now = this.now().getTime();
		if (now >= this.endsAt || this.endsAt - now > quota.perMs) {
			this.endsAt = now + quota.perMs;
			this.used = 0;
		}
		if (++this.used <= quota.requests) return;
		const headers = headersOf(quota.announce, { now, endsAt: this.endsAt, dateAheadMs });
		for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
		throw new ApiProblem(429, 'too_many_requests', 'The quota of this client is used up');
	}
}

interface Times {
	now: number;
	endsAt: number;
	dateAheadMs: number;
}

/** Dates are relative to the response's own Date header. */
function headersOf(
	announce: Quota['announce'],
	{ now, endsAt, dateAheadMs }: Times,
): Record<string, string> {
	const seconds = String(Math.ceil((endsAt - now) / 1000));
	// The Date header drops the fraction of a second, so the end is rounded up.
	const end = endsAt + dateAheadMs + 999;
	switch (announce) {
		case 'retryAfter':
			return { 'Retry-After': seconds };
		case 'retryAfterDate':
			return { 'Retry-After': new Date(end).toUTCString() };
		case 'rateLimitReset':
			return { 'RateLimit-Reset': seconds };
		case 'xRateLimitReset':
			return { 'X-Rate-Limit-Reset': seconds };
		case 'xRateLimitResetEpoch':
			return { 'X-RateLimit-Reset': String(Math.floor(end / 1000)) };
		case 'nothing':
			return {};
	}
}
