import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { exchangeOf } from './recorder';
import type { Problem } from './types';

export interface InvalidParam {
	name: string;
	reason: string;
}

/** An error as Signicat describes it (docs/api.md#errors). */
export class ApiProblem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		detail: string,
		readonly invalidParams?: InvalidParam[],
	) {
		super(detail);
	}
}

export function invalidParameters(...invalidParams: InvalidParam[]): ApiProblem {
	return new ApiProblem(
		400,
		'invalid_request_parameter',
		'One or more parameters are not valid',
		invalidParams,
	);
}

const TITLES: Record<number, string> = {
	400: 'Bad request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not found',
	405: 'Method not allowed',
	410: 'Gone',
	413: 'Content too large',
	415: 'Unsupported media type',
	429: 'Too many requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
};

/** @param echo the part of the request to repeat */
export function problemBody(problem: ApiProblem, echo?: string): Problem {
	const { status, code, message, invalidParams } = problem;
	return {
		type: `https://errors.signicat.example/${code}`,
		title: TITLES[status] ?? 'Error',
		status,
		code,
		detail: withEcho(message, echo),
		traceId: randomBytes(16).toString('hex'),
		...(invalidParams && { invalidParams }),
	};
}

export function sendProblem(res: Response, problem: ApiProblem): void {
	const body = problemBody(problem, exchangeOf(res).echo);
	res.status(problem.status).type('application/problem+json').json(body);
}

export function withEcho(message: string, echo: string | undefined): string {
	return echo === undefined ? message : `${message}. The request was: ${echo}`;
}

/** A request as a careless server or proxy repeats it in an error. */
export function echoOf(req: Request): string {
	const lines = [
		`${req.method} http://${req.headers.host}${req.originalUrl}`,
		`Authorization: ${req.headers.authorization ?? 'none'}`,
		req.body === undefined ? '' : JSON.stringify(req.body),
		req.is('urlencoded') ? new URLSearchParams(req.body as Record<string, string>).toString() : '',
	];
	return lines.filter((line) => line !== '').join('\n');
}
