import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readFirstQuery } from '../demo/firstQuery';
import { readExample } from '../examples';
import type { Editor, RunningN8n, StoredCredential } from '../n8n';
import { PROJECT_DIR } from '../n8n/paths';

const IMAGES = path.join(PROJECT_DIR, 'docs/images');

/** Takes the pictures of the README and the docs. */
export async function takeDocs(
	editor: Editor,
	n8n: RunningN8n,
	credential: StoredCredential,
): Promise<void> {
	await mkdir(IMAGES, { recursive: true });
	const query = await n8n.importWorkflow(await readFirstQuery(), [credential]);
	const alert = await n8n.importWorkflow(readExample('alert-on-new-event-type'), [credential]);

	await editor.page.setViewportSize({ width: 1440, height: 1180 });
	const dialog = await editor.openCredential(credential.name);
	const retry = dialog.getByText('Retry').or(dialog.getByText('Test again'));
	if (await retry.first().isVisible()) await retry.first().click();
	await dialog
		.getByText('Connection tested successfully')
		.waitFor({ timeout: 15_000 })
		.catch(() => {});
	await editor.screenshot(path.join(IMAGES, 'credential.png'));

	await editor.page.setViewportSize({ width: 1440, height: 900 });
	await editor.openWorkflow(query.id);
	await editor.openNode('Get events');
	await editor.screenshot(path.join(IMAGES, 'node.png'));
	await editor.executeNode();
	await editor.screenshot(path.join(IMAGES, 'result.png'));
	await editor.closeNode();

	await editor.openWorkflow(alert.id);
	await editor.openNode('New event type');
	await editor.screenshot(path.join(IMAGES, 'trigger.png'));
}
