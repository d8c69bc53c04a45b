import { setTimeout as delay } from 'node:timers/promises';
import type { NextFunction, Request, Response } from 'express';
import { sendUnchecked } from './altered';
import { ApiProblem, problemBody, withEcho } from './problems';
import { exchangeOf } from './recorder';
import type { Fault, FaultOptions, RecordedRequest, StatusFault } from './types';

interface Pending {
	fault: Fault;
	on: FaultOptions['on'];
	times: number;
	skip: number;
}

type RequestKind = Pick<RecordedRequest, 'operation' | 'query'>;

const CODES: Record<number, string> = {
	400: 'invalid_request_parameter',
	401: 'invalid_token',
	403: 'forbidden',
	404: 'not_found',
	410: 'gone',
	413: 'content_too_large',
	429: 'too_many_requests',
	500: 'internal_error',
	502: 'bad_gateway',
	503: 'service_unavailable',
	504: 'gateway_timeout',
};

const HTML = '<!doctype html><html><body><h1>Not the Audit API</h1></body></html>';
const DETAIL = 'Injected by a test';

/** The injected faults, oldest first. */
export class Faults {
	private pending: Pending[] = [];

	/** @param now the server's clock, to which a wrong Date is relative */
	constructor(private readonly now: () => Date = () => new Date()) {}

	inject(fault: Fault, { times = 1, on, skip = 0 }: FaultOptions = {}): void {
		this.pending.push({ fault, on, times, skip });
	}

	clear(): void {
		this.pending = [];
	}

	/** The fault that applies to this request, if any. */
	take(
		operation: RecordedRequest['operation'],
		query: RecordedRequest['query'] = {},
	): Fault | undefined {
		for (const one of this.pending) {
			if (!matches(one, { operation, query })) continue;
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
		const { record } = exchangeOf(res);
		const fault = this.take(record.operation, record.query);
		if (!fault) return next();
		if (!('kind' in fault)) return sendStatus(res, fault);
		if (fault.kind === 'wrongDate') {
			const { aheadMs = 0, text } = fault;
			res.setHeader('Date', text ?? new Date(this.now().getTime() + aheadMs).toUTCString());
			return next();
		}
		await apply(fault, res, next);
	};
}

function matches({ fault, on }: Pending, { operation, query }: RequestKind): boolean {
	// A fault that changes a page does not affect other responses.
	const isOfPages = 'kind' in fault && (fault.kind === 'endlessNext' || fault.kind === 'malformed');
	if (isOfPages && operation !== 'query') return false;
	if (on === undefined) return operation !== 'token';
	if (on === 'firstPage') return operation === 'query' && query.cursor === undefined;
	if (on === 'nextPage') return operation === 'query' && query.cursor !== undefined;
	return on === 'any' || on === operation;
}

function sendStatus(res: Response, fault: StatusFault): void {
	const { status, retryAfter, headers = {}, body = 'problem', detail = DETAIL } = fault;
	const { record, echo } = exchangeOf(res);
	const code = fault.code ?? CODES[status] ?? 'error';
	res.status(status);
	if (retryAfter !== undefined) res.setHeader('Retry-After', retryAfter);
	for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
	if (body === 'html') res.type('html').send(withEcho(HTML, echo));
	else if (body === 'text') res.type('text').send(withEcho('upstream connect error', echo));
	else if (body === 'empty') res.end();
	else if (record.operation === 'token') {
		const error = fault.code ?? (status === 401 ? 'invalid_client' : code);
		sendUnchecked(res, { error, error_description: withEcho(detail, echo) });
	} else {
		res.type('application/problem+json');
		sendUnchecked(
			res,
			problemBody(new ApiProblem(status, code, detail, fault.invalidParams), echo),
		);
	}
}

async function apply(
	fault: Exclude<Extract<Fault, { kind: string }>, { kind: 'wrongDate' }>,
	res: Response,
	next: NextFunction,
): Promise<void> {
	const exchange = exchangeOf(res);
	switch (fault.kind) {
		case 'drop':
			exchange.isEndedByServer = true;
			res.socket?.destroy();
			return;
		case 'hang':
			if (await waitUnlessGone(res, fault.ms)) next();
			return;
		case 'silent':
			exchange.hold();
			return;
		case 'drip':
			exchange.hold();
			res.status(200).type('json').write('{"data":[');
			while (await waitUnlessGone(res, fault.everyMs)) res.write(' ');
			return;
		case 'status200Html':
			res.status(200).type('html').send(HTML);
			return;
		case 'problem200': {
			const { code = 'internal_error', detail = DETAIL } = fault;
			res.status(200).type('application/problem+json');
			return sendUnchecked(res, problemBody(new ApiProblem(500, code, detail), exchange.echo));
		}
		case 'dataNull':
			return sendUnchecked(res, withNull(exchange.record.operation));
		case 'noContent':
			res.status(204).end();
			return;
		case 'response':
			res.status(fault.httpStatus ?? 200).type(fault.type ?? 'application/json');
			for (const [name, value] of Object.entries(fault.headers ?? {})) res.setHeader(name, value);
			res.send(Buffer.from(fault.text));
			return;
		case 'redirect':
			// Not res.redirect, which would encode the location again.
			res.status(302).setHeader('Location', fault.location);
			res.end();
			return;
		case 'endlessNext':
		case 'malformed':
			exchange.pageFault = fault;
			return next();
		default:
			truncateResponse(res, fault.kind);
			next();
	}
}

function withNull(operation: RecordedRequest['operation']): unknown {
	switch (operation) {
		case 'query':
			return { data: null, next: null };
		case 'metadata':
			return { extended: true, targets: null };
		case 'properties':
			return { properties: null };
		case 'token':
			return { access_token: null, token_type: 'Bearer', expires_in: null };
		default:
			return null;
	}
}

/** Waits `ms`. @returns false if the connection ended first */
export async function waitUnlessGone(res: Response, ms: number): Promise<boolean> {
	if (res.destroyed) return false;
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

/** Sends only the first half of the normal response. */
function truncateResponse(res: Response, kind: 'truncate' | 'truncateJson'): void {
	res.send = (body: unknown) => {
		const whole = Buffer.from(String(body));
		const half = whole.subarray(0, Math.floor(whole.length / 2));
		if (kind === 'truncateJson') return res.setHeader('Content-Length', half.length).end(half);
		exchangeOf(res).isEndedByServer = true;
		res.setHeader('Content-Length', whole.length);
		res.write(half, () => res.socket?.destroy());
		return res;
	};
}
