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
import { ApiProblem, echoOf, repeating, sendProblem } from './problems';
import type { PreparedEvents } from './prepared';
import { readPage, withDigits } from './query';
import type { QuotaCounter } from './quota';
import { exchangeOf, keepText, type Recorder, textOf } from './recorder';
import type { EventStore } from './store';
import type { Behaviour, QueryRequest } from './types';

const API_DESCRIPTION = join(__dirname, '../../docs/openapi.yaml');

/** What the API consists of, besides HTTP. */
export interface Parts {
	store: EventStore;
	desk: TokenDesk;
	faults: Faults;
	quota: QuotaCounter;
	recorder: Recorder;
	violations: string[];
	now(): Date;
	/** As it is at the moment. */
	behaviour(): Behaviour;
	validateAnswers: boolean;
	/** Pages as JSON that is ready; then a query is not checked against docs/openapi.yaml. */
	prepared?: PreparedEvents;
	/** Answers `/_control/…`. */
	control?: RequestHandler;
}

/** An answer that docs/openapi.yaml does not allow. */
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
	app.use(validator.answers);
	app.use(express.json({ limit: '10mb', verify: keepText }));
	app.use(express.urlencoded({ extended: false, limit: '10mb' }));
	app.use(parts.recorder.noteBody);
	app.use((req, res, next) => {
		if (behaviour().echo) exchangeOf(res).echo = echoOf(req);
		if (behaviour().rawNumbers) keepNumbers(req, res);
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
	if (parts.prepared) app.post('/audit/query', answerQuery(parts));
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

	app.post('/audit/query', answerQuery(parts));

	app.use(() => {
		throw new ApiProblem(404, 'not_found', 'There is nothing at this address');
	});
	app.use(errorHandler(parts));
	return app;
}

function answerQuery({ store, behaviour, now, prepared }: Parts): RequestHandler {
	return (req, res) => {
		const { limit: text = '1000', cursor } = exchangeOf(res).record.query;
		const limit = Number(text);
		const { maxLimit, maxLimitStatus } = behaviour();
		if (maxLimit !== null && limit > maxLimit) {
			if (maxLimitStatus === 'silent') return;
			throw new ApiProblem(maxLimitStatus, 'page_too_large', 'The answer would be too large');
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
		const answer = { ...page, next };
		const json = prepared?.toJson(answer);
		if (json) res.type('json').send(json);
		else res.json(answer);
	};
}

/** Numbers to the digit, in the request and in the answer. */
function keepNumbers(req: Request, res: Response): void {
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
	const { nextStyle } = behaviour();
	if (nextStyle === 'relative') return path;
	if (nextStyle !== 'otherOrigin') return `http://${host}${path}`;
	const [name, port] = host.split(':');
	// The same server under its other name, so that a token sent there is seen.
	return `http://${name === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}${path}`;
}

/** @throws ApiProblem */
function checkAccess(behaviour: Behaviour, query: Record<string, string>): void {
	const { permission, requireAccountId } = behaviour;
	if (!permission) throw new ApiProblem(403, 'forbidden', 'The client lacks permission to read audit logs');
	if (requireAccountId !== null && query['signicat-accountId'] !== requireAccountId) {
		throw new ApiProblem(403, 'forbidden', 'The client does not belong to this account');
	}
}

/**
 * The validator's middlewares in an order of our own: answers are watched from the start, so that
 * refusals are checked too, and requests are validated after authentication, as an API does it.
 */
function createValidator({ validateAnswers, violations }: Parts): {
	answers: RequestHandler[];
	requests: RequestHandler[];
} {
	const all = OpenApiValidator.middleware({
		apiSpec: API_DESCRIPTION,
		validateRequests: true,
		validateSecurity: false,
		fileUploader: false,
		ignoreUndocumented: true,
		validateResponses: validateAnswers && {
			onError: (error, _body, req) => {
				violations.push(`${req.method} ${req.path} ${req.res?.statusCode}: ${error.message}`);
				throw new Violation(error.message);
			},
		},
	}) as unknown as RequestHandler[];
	const requests = all.filter(({ name }) => name === 'requestMiddleware');
	const answers = all.filter(({ name }) => name !== 'requestMiddleware');
	if (requests.length !== 1 || answers.length === 0) {
		throw new Error('express-openapi-validator has changed the names of its middlewares');
	}
	return { answers, requests };
}

interface ValidationError {
	status?: number;
	message?: string;
	/** Of the validator: where in the request, and what is wrong there. */
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
		const description = repeating(refusal.message, echo);
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
