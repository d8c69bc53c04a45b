/**
 * `npm run screenshots`: takes the pictures of the docs and of all examples in a real n8n, with test data only.
 * `npm run screenshots -- weekly-email-report` takes only those of the named examples.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAuditApi } from './audit-api';
import { exampleNames } from './examples';
import { installPackage, openEditor, packPackage, startN8n } from './n8n';
import { takeCanvas } from './screenshots/canvas';
import { takeDocs } from './screenshots/docs';

async function main(names: string[]): Promise<void> {
	const unknown = names.filter((name) => !exampleNames.includes(name));
	if (unknown.length > 0) throw new Error(`There is no example ${unknown.join(', ')}`);
	const onProgress = (line: string) => console.log(line);
	const userFolder = await mkdtemp(path.join(tmpdir(), 'n8n-screenshots-'));
	const api = await startAuditApi({ eventCount: 3000 });
	const { tarball } = await packPackage(userFolder);
	await installPackage(tarball, userFolder);
	const n8n = await startN8n({ userFolder, onProgress });
	try {
		const { clientId, clientSecret, baseUrl } = api;
		const data = { clientId, clientSecret, baseUrl };
		const signicat = await n8n.createCredential('signicatOAuth2Api', data, 'Signicat sandbox');
		if (names.length === 0) {
			const editor = await openEditor(n8n, { scale: 1.5 });
			await takeDocs(editor, n8n, signicat);
			await editor.close();
		}
		const editor = await openEditor(n8n);
		for (const name of names.length > 0 ? names : exampleNames) {
			onProgress(`examples/${name}/canvas.png`);
			await takeCanvas(editor, n8n, name, [signicat]);
		}
		await editor.close();
	} finally {
		await n8n.stop();
		await api.stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}

main(process.argv.slice(2)).catch((error: Error) => {
	console.error(error.message);
	process.exit(1);
});
