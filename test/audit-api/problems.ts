import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import type { Problem } from './types';

export interface InvalidParam {
	name: string;
	reason: string;
}

/** A refusal in Signicat's words (docs/api.md#errors). */
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
	415: 'Unsupported media type',
	429: 'Too many requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
};

export function problemBody(problem: ApiProblem): Problem {
	const { status, code, message, invalidParams } = problem;
	return {
		type: `https://errors.signicat.example/${code}`,
		title: TITLES[status] ?? 'Error',
		status,
		code,
		detail: message,
		traceId: randomBytes(16).toString('hex'),
		...(invalidParams && { invalidParams }),
	};
}

export function sendProblem(res: Response, problem: ApiProblem): void {
	res.status(problem.status).type('application/problem+json').json(problemBody(problem));
}
