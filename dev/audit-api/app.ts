import { join } from 'node:path';
import express, {
	type ErrorRequestHandler,
	type Express,
	type Request,
	type RequestHandler,
	type Response,
} from 'express';
import * as OpenApiValidator from 'express-openapi-validator';
import { alterEvent, alterPage, parseRawNumbers, sendUnchecked, withRawNumbers } from './altered';
import { type TokenDesk, TokenRefusal } from './auth';
import { asItem } from './events';
import { type Faults, waitUnlessGone } from './faults';
import { ApiProblem, echoOf, withEcho, sendProblem } from './problems';
import type { PreparedEvents } from './prepared';
import { readPage, withDigits } from './query';
import type { QuotaCounter } from './quota';
import { exchangeOf, storeText, type Recorder, textOf } from './recorder';
import type { EventStore } from './store';
import type { Behaviour, QueryRequest } from './types';

const API_DESCRIPTION = join(__dirname, '../../docs/openapi.yaml');

/** The parts of the API, apart from HTTP. */
export interface Parts {
	store: EventStore;
	desk: TokenDesk;
	faults: Faults;
	quota: QuotaCounter;
	recorder: Recorder;
	violations: string[];
	now(): Date;
	/** The current one. */
	behaviour(): Behaviour;
	validateResponses: boolean;
	/** Pages as prepared JSON; queries are then not validated against docs/openapi.yaml. */
	prepared?: PreparedEvents;
	/** Handles `/_control/…`. */
	control?: RequestHandler;
}

/** A response that docs/openapi.yaml does not allow. */
class Violation extends Error {}

export function createApp(parts: Parts): Express {
	const { store, desk, behaviour, now } = parts;
	const app = express().disable('x-powered-by').disable('etag');
	const validator = createValidator(parts);

	app.use((_req, res, next) => {
		res.sendDate = false;
		const { dateHeader, dateAheadMs } = behaviour();
		if (dateHeader) res.setHeader('Date', new Date(now().getTime() + dateAheadMs).toUTCString());
		next();
	});
	if (parts.control) app.use('/_control', parts.control);
	app.use(parts.recorder.middleware);
	app.use((_req, res, next) => {
		const { longestResponseMs } = behaviour();
		if (longestResponseMs !== null) endAfter(res, longestResponseMs);
		next();
	});
	app.use(validator.responses);
	app.use(express.json({ limit: '10mb', verify: storeText }));
	app.use(express.urlencoded({ extended: false, limit: '10mb' }));
	app.use(parts.recorder.recordBody);
	app.use((req, res, next) => {
		if (behaviour().echo) exchangeOf(res).echo = echoOf(req);
		if (behaviour().rawNumbers) preserveNumbers(req, res);
		next();
	});
	app.use(async (_req, res, next) => {
		if (await waitUnlessGone(res, behaviour().latencyMs)) next();
	});
	app.use((req, res, next) => {
		if (exchangeOf(res).record.operation !== 'token') {
			desk.check(req.headers.authorization);
			checkAccess(behaviour(), exchangeOf(res).record.query);
			parts.quota.count(res, behaviour());
		}
		next();
	});
	app.use(parts.faults.middleware);
	if (parts.prepared) app.post('/audit/query', handleQuery(parts));
	app.use(validator.requests);

	app.post('/auth/open/connect/token', (req, res) => {
		res.setHeader('Cache-Control', 'no-store');
		res.json(desk.issue(req.body, req.headers.authorization, behaviour()));
	});

	app.get('/audit/query/cursor/:cursor', (req, res) => {
		const event = store.get(req.params.cursor);
		if (!event) throw new ApiProblem(404, 'not_found', 'There is no audit log with this cursor');
		const item = withDigits(asItem(event), behaviour().timestampDigits);
		const altered = alterEvent(item, behaviour());
		if (altered === item) res.json(item);
		else sendUnchecked(res, altered);
	});

	app.get('/audit/query/metadata', (_req, res) => {
		res.json(store.services.metadata(behaviour().metadataShape));
	});

	app.get('/audit/query/properties', (_req, res) => {
		const { target = '', serviceName = '', eventType } = exchangeOf(res).record.query;
		const query = { target, serviceName, eventType };
		res.json(store.services.properties(query, behaviour().propertiesShape));
	});

	app.post('/audit/query', handleQuery(parts));

	app.use(() => {
		throw new ApiProblem(404, 'not_found', 'There is nothing at this address');
	});
	app.use(errorHandler(parts));
	return app;
}

function handleQuery({ store, behaviour, now, prepared }: Parts): RequestHandler {
	return (req, res) => {
		const { limit: text = '1000', cursor } = exchangeOf(res).record.query;
		const limit = Number(text);
		const { maxLimit, maxLimitStatus } = behaviour();
		if (maxLimit !== null && limit > maxLimit) {
			if (maxLimitStatus === 'silent') {
				exchangeOf(res).hold();
				return;
			}
			throw new ApiProblem(maxLimitStatus, 'page_too_large', 'The response would be too large');
		}
		const { pageFault } = exchangeOf(res);
		const request = { body: req.body as QueryRequest, limit, cursor };
		const { nextCursor, ...page } = readPage(store, request, {
			behaviour: behaviour(),
			now: now(),
			isDetour: pageFault?.kind === 'endlessNext',
		});
		const host = req.headers.host ?? '';
		const next = nextCursor === null ? null : nextAddress(host, nextCursor, { limit, behaviour });
		const others = pageFault?.kind === 'malformed' ? pageFault.entries : [];
		const data = alterPage(page.data, behaviour(), others);
		if (data !== page.data) return sendUnchecked(res, { ...page, data, next });
		const { emptyData } = behaviour();
		if (data.length === 0 && emptyData !== 'list') {
			if (emptyData === 'null') return sendUnchecked(res, { ...page, data: null, next });
			res.status(204).end();
			return;
		}
		const body = { ...page, next };
		const json = prepared?.toJson(body);
		if (json) res.type('json').send(json);
		else res.json(body);
	};
}

/** Ends the connection of a response that is not complete by then. */
function endAfter(res: Response, ms: number): void {
	const timer = setTimeout(() => {
		exchangeOf(res).isEndedByServer = true;
		res.socket?.destroy();
	}, ms).unref();
	res.once('close', () => clearTimeout(timer));
}

/** Preserves every digit of a number, in the request and in the response. */
function preserveNumbers(req: Request, res: Response): void {
	const text = textOf(req);
	if (text !== undefined) req.body = parseRawNumbers(text);
	const send = res.send.bind(res);
	res.send = (body: unknown) => send(typeof body === 'string' ? withRawNumbers(body) : body);
}

function nextAddress(
	host: string,
	cursor: string,
	{ limit, behaviour }: { limit: number; behaviour(): Behaviour },
): string {
	const path = `/audit/query?cursor=${encodeURIComponent(cursor)}&limit=${limit}`;
	const { nextStyle, nextOrigin } = behaviour();
	if (nextStyle === 'relative') return path;
	if (nextStyle !== 'otherOrigin') return `${nextOrigin ?? `http://${host}`}${path}`;
	const [name, port] = host.split(':');
	// The same server under another name, so that it records a token that is sent there.
	return `http://${name === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}${path}`;
}

/** @throws ApiProblem */
function checkAccess(behaviour: Behaviour, query: Record<string, string>): void {
	const { permission, requireAccountId } = behaviour;
	if (!permission)
		throw new ApiProblem(403, 'forbidden', 'The client lacks permission to read audit logs');
	if (requireAccountId !== null && query['signicat-accountId'] !== requireAccountId) {
		throw new ApiProblem(403, 'forbidden', 'The client does not belong to this account');
	}
}

/**
 * The validator's middlewares in a different order: responses are validated from the start, so that errors
 * are validated too, and requests only after authentication, as in a real API.
 */
function createValidator({ validateResponses, violations }: Parts): {
	responses: RequestHandler[];
	requests: RequestHandler[];
} {
	const all = OpenApiValidator.middleware({
		apiSpec: API_DESCRIPTION,
		validateRequests: true,
		validateSecurity: false,
		fileUploader: false,
		ignoreUndocumented: true,
		validateResponses: validateResponses && {
			onError: (error, _body, req) => {
				violations.push(`${req.method} ${req.path} ${req.res?.statusCode}: ${error.message}`);
				throw new Violation(error.message);
			},
		},
	}) as unknown as RequestHandler[];
	const requests = all.filter(({ name }) => name === 'requestMiddleware');
	const responses = all.filter(({ name }) => name !== 'requestMiddleware');
	if (requests.length !== 1 || responses.length === 0) {
		throw new Error('express-openapi-validator has changed the names of its middlewares');
	}
	return { responses, requests };
}

interface ValidationError {
	status?: number;
	message?: string;
	/** From the validator: where in the request, and what is wrong there. */
	errors?: Array<{ path: string; message: string }>;
}

function errorHandler({ violations }: Parts): ErrorRequestHandler {
	return (error: unknown, _req, res, next) => {
		if (res.headersSent) return next(error);
		const { record, echo } = exchangeOf(res);
		const refusal = toRefusal(error);
		if (refusal.status === 500 && !(error instanceof Violation)) {
			violations.push(
				`${record.method} ${record.path}: ${String((error as Error)?.stack ?? error)}`,
			);
		}
		if (record.operation !== 'token') return sendProblem(res, refusal);
		const { error: code, status } =
			error instanceof TokenRefusal ? error : { error: 'invalid_request', status: refusal.status };
		const description = withEcho(refusal.message, echo);
		res.status(status).json({ error: code, error_description: description });
	};
}

function toRefusal(error: unknown): ApiProblem {
	if (error instanceof ApiProblem) return error;
	const { status = 500, message = '', errors } = (error ?? {}) as ValidationError;
	if (status !== 400 || !errors) return new ApiProblem(status, codeOf(status), message);
	return new ApiProblem(
		400,
		'invalid_request_parameter',
		'One or more parameters are not valid',
		errors.map(({ path, message: reason }) => ({
			name: path.replace(/^\/(query|body)\//, ''),
			reason,
		})),
	);
}

function codeOf(status: number): string {
	return status === 500 ? 'internal_error' : status === 404 ? 'not_found' : 'invalid_request';
}
