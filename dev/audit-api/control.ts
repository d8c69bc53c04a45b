import express, { type ErrorRequestHandler, type Router } from 'express';
import type { AuditApi, AuditEvent, Behaviour, Fault, FaultOptions } from './types';

interface FailRequest {
	fault: Fault;
	/** JSON has no Infinity: `times` may be the text "Infinity". */
	options?: Omit<FaultOptions, 'times'> & { times?: number | 'Infinity' };
}

/**
 * The same controls for another process, as JSON over HTTP: `POST append | configure | fail |
 * clearFaults | revokeTokens | reset`, `GET requests | tokens`. Without authentication, because the server
 * listens on the loopback interface only.
 */
export function createControl(api: () => AuditApi): Router {
	const router = express.Router();
	router.use(express.json({ limit: '100mb' }));

	router.post('/append', (req, res) => {
		const body = req.body as Partial<AuditEvent> | Array<Partial<AuditEvent>>;
		res.json(api().append(...(Array.isArray(body) ? body : [body])));
	});
	router.post('/configure', (req, res) => {
		api().configure(req.body as Partial<Behaviour>);
		res.json({});
	});
	router.post('/fail', (req, res) => {
		const { fault, options = {} } = req.body as FailRequest;
		const { times = 1, ...others } = options;
		api().fail(fault, { ...others, times: Number(times) });
		res.json({});
	});
	for (const action of ['clearFaults', 'revokeTokens', 'reset'] as const) {
		router.post(`/${action}`, (_req, res) => {
			api()[action]();
			res.json({});
		});
	}
	router.get('/requests', (_req, res) => {
		res.json({ requests: api().requests, violations: api().violations });
	});
	router.get('/tokens', (_req, res) => {
		res.json({ issuedTokens: api().issuedTokens });
	});
	const sendError: ErrorRequestHandler = (error: Error, _req, res, next) => {
		if (res.headersSent) return next(error);
		res.status(400).json({ error: error.message });
	};
	router.use(sendError);
	return router;
}
