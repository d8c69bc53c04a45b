import type { Failure } from '../../../nodes/shared/signicat/failure';

export const NODE = {
	id: 'node',
	name: 'Signicat Audit',
	type: 'n8n-nodes-signicat-audit.signicatAudit',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};

export const KINDS: Array<Failure['kind']> = [
	'rejectedClient',
	'unauthorized',
	'forbidden',
	'notFound',
	'unknownCursor',
	'expiredPage',
	'invalidRequest',
	'tooLarge',
	'rateLimited',
	'unavailable',
	'unreachable',
	'timeout',
	'unreadable',
	'empty',
	'redirected',
	'cancelled',
	'other',
];

export const failure = (kind: Failure['kind'], details: Partial<Failure> = {}): Failure => ({
	kind,
	problem: { invalidParams: [] },
	...details,
});
