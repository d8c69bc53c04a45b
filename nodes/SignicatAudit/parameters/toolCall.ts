import type { IExecuteFunctions, IPollFunctions } from 'n8n-workflow';

/**
 * Whether an AI agent calls the node. n8n derives a second node type for that, whose name ends with
 * "Tool"; the context that it runs in depends on the version of n8n.
 */
export function isToolCall(context: IExecuteFunctions | IPollFunctions): boolean {
	return (
		context.getNode().type.endsWith('Tool') ||
		('isToolExecution' in context && context.isToolExecution())
	);
}
