/* eslint-disable @n8n/community-nodes/no-restricted-imports -- test code, runs beside n8n, not in it */
import { setTimeout as delay } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { ApiProblem, problemBody } from './problems';
import { exchangeOf } from './recorder';
import type { Fault, FaultOptions, FaultStatus, RecordedRequest } from './types';

interface Pending {
	fault: Fault;
	on: FaultOptions['on'];
	times: number;
	skip: number;
}

const CODES: Record<FaultStatus, string> = {
	400: 'invalid_request_parameter',
	401: 'invalid_token',
	403: 'forbidden',
	404: 'not_found',
	429: 'too_many_requests',
	500: 'internal_error',
	502: 'bad_gateway',
	503: 'service_unavailable',
};

const HTML = '<!doctype html><html><body><h1>Something else answered</h1></body></html>';

/** The faults that were ordered, oldest first. */
export class Faults {
	private pending: Pending[] = [];

	order(fault: Fault, { times = 1, on, skip = 0 }: FaultOptions = {}): void {
		this.pending.push({ fault, on, times, skip });
	}

	clear(): void {
		this.pending = [];
	}

	/** The fault that strikes a request of this operation, if any. */
	take(operation: RecordedRequest['operation']): Fault | undefined {
		for (const one of this.pending) {
			if (!strikes(one.on, operation)) continue;
			if (one.skip > 0) {
				one.skip--;
				continue;
			}
			one.times--;
			if (one.times <= 0) this.pending = this.pending.filter((other) => other !== one);
			return one.fault;
		}
		return undefined;
	}

	readonly middleware = async (_req: Request, res: Response, next: NextFunction): Promise<void> => {
		const fault = this.take(exchangeOf(res).record.operation);
		if (!fault) next();
		else if ('status' in fault) answerStatus(res, fault);
		else await strike(fault, res, next);
	};
}

function strikes(on: FaultOptions['on'], operation: RecordedRequest['operation']): boolean {
	if (on === undefined) return operation !== 'token';
	return on === 'any' || on === operation;
}

function answerStatus(res: Response, fault: Extract<Fault, { status: FaultStatus }>): void {
	const { status, retryAfter, body = 'problem' } = fault;
	res.status(status);
	if (retryAfter !== undefined) res.setHeader('Retry-After', retryAfter);
	if (body === 'html') res.type('html').send(HTML);
	else if (body === 'text') res.type('text').send('upstream connect error');
	else if (body === 'empty') res.end();
	else if (exchangeOf(res).record.operation === 'token') {
		const error = status === 401 ? 'invalid_client' : CODES[status];
		res.json({ error, error_description: 'Ordered by a test' });
	} else {
		const problem = problemBody(new ApiProblem(status, CODES[status], 'Ordered by a test'));
		res.type('application/problem+json').json(problem);
	}
}

async function strike(
	fault: Extract<Fault, { kind: string }>,
	res: Response,
	next: NextFunction,
): Promise<void> {
	switch (fault.kind) {
		case 'drop':
			exchangeOf(res).isCutByServer = true;
			res.socket?.destroy();
			return;
		case 'hang':
			if (await waitUnlessGone(res, fault.ms)) next();
			return;
		case 'status200Html':
			res.status(200).type('html').send(HTML);
			return;
		case 'redirect':
			// Not res.redirect, which would encode the location anew.
			res.status(302).setHeader('Location', fault.location);
			res.end();
			return;
		default:
			cutAnswer(res, fault.kind);
			next();
	}
}

/** Waits `ms`, unless the connection ends first: then false. */
export async function waitUnlessGone(res: Response, ms: number): Promise<boolean> {
	if (ms <= 0) return true;
	const gone = new AbortController();
	const abort = () => gone.abort();
	res.once('close', abort);
	try {
		await delay(ms, undefined, { signal: gone.signal });
		return true;
	} catch {
		return false;
	} finally {
		res.off('close', abort);
	}
}

/** Lets the answer be made as ever, and sends its first half. */
function cutAnswer(res: Response, kind: 'truncate' | 'truncateJson'): void {
	res.send = (body: unknown) => {
		const whole = Buffer.from(String(body));
		const half = whole.subarray(0, Math.floor(whole.length / 2));
		if (kind === 'truncateJson') return res.setHeader('Content-Length', half.length).end(half);
		exchangeOf(res).isCutByServer = true;
		res.setHeader('Content-Length', whole.length);
		res.write(half, () => res.socket?.destroy());
		return res;
	};
}
