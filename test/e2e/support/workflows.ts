import type { INode, INodeParameters } from 'n8n-workflow';
import { PACKAGE_NAME, type WorkflowFile } from '../../../dev/n8n';

export const CREDENTIAL_TYPE = 'signicatOAuth2Api';

/** A node; those of this package name a credential, for `importWorkflow` to fill in. */
export function nodeOf(
	name: string,
	type: string,
	{ parameters = {}, ...rest }: Partial<INode> = {},
): INode {
	return {
		id: name.replace(/\W+/g, '-'),
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(type.startsWith(PACKAGE_NAME) && {
			credentials: { [CREDENTIAL_TYPE]: { id: '', name: '' } },
		}),
		...rest,
	};
}

/** The node that "Execute workflow" starts from. */
const START = nodeOf('Start', 'n8n-nodes-base.manualTrigger');

/** @param rest further fields of the node, such as `executeOnce` */
export function auditNode(
	name: string,
	parameters: INodeParameters,
	rest: Partial<INode> = {},
): INode {
	return nodeOf(name, `${PACKAGE_NAME}.signicatAudit`, { parameters, ...rest });
}

export function triggerNode(parameters: INodeParameters): INode {
	return nodeOf('Trigger', `${PACKAGE_NAME}.signicatAuditTrigger`, { parameters });
}

/** A workflow that runs its nodes one after the other. */
export function inSequence(name: string, ...nodes: INode[]): WorkflowFile {
	const connections: WorkflowFile['connections'] = {};
	nodes.slice(1).forEach((next, index) => {
		const from = nodes[index]?.name ?? '';
		connections[from] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections, settings: { executionOrder: 'v1', timezone: 'UTC' } };
}

/** The same, started with "Execute workflow". */
export function startedByHand(name: string, ...nodes: INode[]): WorkflowFile {
	return inSequence(name, START, ...nodes);
}

/** Two polls per minute; the first one in about `inSeconds`. */
export function twoPollsPerMinute(inSeconds: number): INodeParameters {
	return pollsEvery(30, inSeconds);
}

/** Several polls per minute, which n8n allows as several poll times; the first one in about `inSeconds`. */
export function pollsEvery(everySeconds: number, inSeconds: number): INodeParameters {
	const first = (new Date().getUTCSeconds() + inSeconds) % everySeconds;
	const item = Array.from({ length: 60 / everySeconds }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${first + index * everySeconds} * * * * *`,
	}));
	return { item };
}
