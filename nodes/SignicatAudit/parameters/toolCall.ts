import type { IExecuteFunctions, IPollFunctions } from 'n8n-workflow';

/**
 * Whether an AI agent calls the node. n8n makes a second node type for that, whose name ends with
 * "Tool"; which context it runs in depends on n8n's version.
 */
export function isToolCall(context: IExecuteFunctions | IPollFunctions): boolean {
	return (
		context.getNode().type.endsWith('Tool') ||
		('isToolExecution' in context && context.isToolExecution())
	);
}
