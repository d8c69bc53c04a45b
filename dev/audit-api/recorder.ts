import type { NextFunction, Request, Response } from 'express';
import type { Fault, RecordedRequest } from './types';

export type PageFault = Extract<Fault, { kind: 'endlessNext' | 'malformed' }>;

/** The operation for a method and a path. */
export function operationOf(method: string, path: string): RecordedRequest['operation'] {
	if (method === 'POST' && path === '/auth/open/connect/token') return 'token';
	if (method === 'POST' && path === '/audit/query') return 'query';
	if (method === 'GET' && path === '/audit/query/metadata') return 'metadata';
	if (method === 'GET' && path === '/audit/query/properties') return 'properties';
	if (method === 'GET' && /^\/audit\/query\/cursor\/[^/]+$/.test(path)) return 'item';
	return 'unknown';
}

/** What the middlewares of one request share. */
export interface Exchange {
	record: RecordedRequest;
	/** Marks the request as one that gets no more data until the client disconnects. */
	hold(): void;
	/** Set before the server itself ends a connection early. */
	isEndedByServer: boolean;
	/** The part of the request that an error repeats. */
	echo?: string;
	/** A fault that changes the response to a query. */
	pageFault?: PageFault;
}

export function exchangeOf(res: Response): Exchange {
	return res.locals.exchange as Exchange;
}

export interface RecorderOptions {
	now(): Date;
	/** The ordinal of the token in an Authorization header. */
	tokenOrdinal(authorization: string | undefined): number | undefined;
}

/** Records each request when it arrives, and how it ended. */
export class Recorder {
	readonly requests: RecordedRequest[] = [];

	readonly open = new Set<RecordedRequest>();

	readonly held = new Set<RecordedRequest>();

	/** Functions that end the connections of held requests. */
	private readonly cuts = new Map<RecordedRequest, () => void>();

	constructor(private readonly options: RecorderOptions) {}

	clear(): void {
		for (const cut of this.cuts.values()) cut();
		this.requests.length = 0;
	}

	readonly middleware = (req: Request, res: Response, next: NextFunction): void => {
		// Not the URL class, which would normalize the path.
		const [path = '', query = ''] = req.originalUrl.split(/\?(.*)/s);
		const token = this.options.tokenOrdinal(req.headers.authorization);
		const record: RecordedRequest = {
			at: this.options.now().getTime(),
			operation: operationOf(req.method, path),
			method: req.method,
			path,
			query: Object.fromEntries(new URLSearchParams(query)),
			body: undefined,
			headers: readHeaders(req),
			...(token !== undefined && { token }),
			status: 'dropped',
			aborted: false,
		};
		const hold = () => {
			this.held.add(record);
			this.cuts.set(record, () => res.socket?.destroy());
		};
		const exchange: Exchange = { record, hold, isEndedByServer: false };
		res.locals.exchange = exchange;
		this.requests.push(record);
		this.open.add(record);
		// The status is set before the first byte is sent, so a test that has its response can read it.
		const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => Response;
		res.writeHead = (...args: unknown[]) => {
			record.status = Number(args[0]);
			return writeHead(...args);
		};
		res.once('close', () => {
			this.open.delete(record);
			this.held.delete(record);
			this.cuts.delete(record);
			record.aborted = !res.writableFinished && !exchange.isEndedByServer;
		});
		next();
	};

	/** Has to follow the body parsers. */
	readonly recordBody = (req: Request, res: Response, next: NextFunction): void => {
		const { record } = exchangeOf(res);
		record.body = withoutSecret(req.body);
		if (record.operation === 'query') record.bodyText = textOf(req);
		next();
	};
}

/** The raw text of a JSON body; requires `storeText` as the parser's `verify`. */
export function textOf(req: Request): string | undefined {
	return (req as Request & { bodyText?: string }).bodyText;
}

export function storeText(req: object, _res: object, body: Buffer): void {
	Object.assign(req, { bodyText: body.toString() });
}

function readHeaders(req: Request): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(req.headers)) {
		headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
	}
	if (headers.authorization) [headers.authorization = ''] = headers.authorization.split(' ');
	return headers;
}

function withoutSecret(body: unknown): unknown {
	if (typeof body !== 'object' || body === null || !('client_secret' in body)) return body;
	return { ...body, client_secret: '[redacted]' };
}
