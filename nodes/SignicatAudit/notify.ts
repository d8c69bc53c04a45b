import type { IExecuteFunctions } from 'n8n-workflow';

/** Writes a message to n8n's log and shows it as a hint on the node's output. */
export function notify(
	context: IExecuteFunctions,
	message: string,
	{ type }: { type: 'info' | 'warning' },
): void {
	context.logger[type === 'warning' ? 'warn' : 'info'](`Signicat Audit: ${message}`);
	// Older versions of n8n have no hints.
	const { addExecutionHints }: Partial<IExecuteFunctions> = context;
	addExecutionHints?.call(context, { message, type, location: 'outputPane' });
}

const shown = new WeakMap<IExecuteFunctions, Set<string>>();

/** The same, but only once per run, however many input items it concerns. */
export function notifyOnce(...[context, message, options]: Parameters<typeof notify>): void {
	const messages = shown.get(context) ?? new Set();
	if (messages.has(message)) return;
	shown.set(context, messages.add(message));
	notify(context, message, options);
}
