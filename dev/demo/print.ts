import { formatElapsed } from '../n8n/command';
import type { AuditApi } from '../audit-api';
import type { Guide } from '../receivers/inbox';

export const say = (line: string): void => console.log(line);

const WATCH_HINT = `
Changes in nodes/, credentials/ and icons/ are compiled, and n8n reloads the nodes.
After you add a node or a credential to package.json, start again.
`;

export interface Summary {
	startedAt: number;
	guide: Guide;
	inboxUrl: string;
	api: AuditApi;
	watch?: boolean;
}

/** What to open, and what to click for each workflow. */
export function summaryOf({ startedAt, guide, inboxUrl, api, watch }: Summary): string {
	const { editorUrl, email, password, workflows } = guide;
	const steps = workflows.map(
		({ name, click, appears }) => `  ${name}\n    ${click}\n    -> ${appears}`,
	);
	return `
${steps.join('\n\n')}

n8n is ready (${formatElapsed(startedAt)}). Everything above can be run in the editor; what the workflows send appears on the page.

  Editor            ${editorUrl}
  E-mail            ${email}
  Password          ${password}

  What arrived      ${inboxUrl}

  Local Audit API   ${api.baseUrl}
  Client ID         ${api.clientId}
  Client secret     ${api.clientSecret}

The local Audit API gets new events every 20 seconds.
${watch ? WATCH_HINT : ''}
Press Ctrl-C to stop everything.`;
}
