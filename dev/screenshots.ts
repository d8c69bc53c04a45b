/** `npm run screenshots`: takes the README's screenshots in a real n8n, with test data only. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAuditApi } from './audit-api';
import { installPackage, openEditor, packPackage, startN8n, type WorkflowFile } from './n8n';

const PROJECT_DIR = path.resolve(__dirname, '..');
const IMAGES = path.join(PROJECT_DIR, 'docs/images');

async function example(name: string): Promise<WorkflowFile> {
	return JSON.parse(
		await readFile(path.join(PROJECT_DIR, 'examples', name), 'utf8'),
	) as WorkflowFile;
}

async function main(): Promise<void> {
	const onProgress = (line: string) => console.log(line);
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-screenshots-'));
	await mkdir(IMAGES, { recursive: true });
	const api = await startAuditApi({ eventCount: 3000 });
	const { tarball } = await packPackage(userFolder);
	await installPackage(tarball, userFolder);
	const n8n = await startN8n({ userFolder, onProgress });
	const editor = await openEditor(n8n, { scale: 1.5 });
	try {
		const { clientId, clientSecret, baseUrl } = api;
		const data = { clientId, clientSecret, baseUrl };
		const credential = await n8n.createCredential('signicatOAuth2Api', data, 'Signicat sandbox');
		const stored: Record<string, string> = {};
		for (const file of [
			'demo.json',
			'look-up-events.json',
			'alert-on-new-event-type/workflow.json',
		]) {
			stored[file] = (await n8n.importWorkflow(await example(file), [credential])).id;
		}

		await editor.page.setViewportSize({ width: 1440, height: 1180 });
		const dialog = await editor.openCredential('Signicat sandbox');
		const retry = dialog.getByText('Retry').or(dialog.getByText('Test again'));
		if (await retry.first().isVisible()) await retry.first().click();
		await dialog
			.getByText('Connection tested successfully')
			.waitFor({ timeout: 15_000 })
			.catch(() => {});
		await editor.screenshot(path.join(IMAGES, 'credential.png'));

		await editor.page.setViewportSize({ width: 1440, height: 900 });

		await editor.openWorkflow(stored['demo.json'] ?? '');
		await editor.openNode('Get events');
		await editor.screenshot(path.join(IMAGES, 'node.png'));
		await editor.executeNode();
		await editor.screenshot(path.join(IMAGES, 'result.png'));
		await editor.closeNode();

		await editor.openWorkflow(stored['look-up-events.json'] ?? '');
		await editor.screenshot(path.join(IMAGES, 'workflow.png'));
		await editor.openWorkflow(stored['alert-on-new-event-type/workflow.json'] ?? '');
		await editor.openNode('New event type');
		await editor.screenshot(path.join(IMAGES, 'trigger.png'));
	} finally {
		await editor.close();
		await n8n.stop();
		await api.stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}

void main();
