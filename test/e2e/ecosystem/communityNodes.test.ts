import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditApi } from '../../../dev/audit-api';
import {
	type Editor,
	itemsOf,
	openEditor,
	PACKAGE_NAME,
	type RunningN8n,
	startN8n,
	type StoredCredential,
} from '../../../dev/n8n';
import { type LocalRegistry, startRegistry } from '../../../dev/registry';
import { version as firstVersion } from '../../../package.json';
import { createCredential, TestBed } from '../support/testBed';
import { ENVIRONMENTS } from '../support/triggerScenario';
import { auditNode, startedByHand } from '../support/workflows';
import {
	CommunityNodesPage,
	installedVersion,
	nodesAreGone,
	offeredNodes,
} from './support/communityNodesPage';
import { PublishedTrigger } from './support/publishedTrigger';

const NEXT_VERSION = firstVersion.replace(/\d+$/, (patch) => String(Number(patch) + 1));

/** `POLLING_ENGINE=durable` tests the update with n8n's other engine. */
const ENGINE = process.env.POLLING_ENGINE === 'durable' ? 'durable' : 'default';

/** If set, pictures of each step are stored in this folder. */
const PICTURES = process.env.PICTURES;

/** Each step builds on the one before it, as for a person who does all of this. */
describe('Settings > Community nodes', () => {
	let bed: TestBed;
	let api: AuditApi;
	let registry: LocalRegistry;
	let userFolder: string;
	let n8n: RunningN8n;
	let editor: Editor;
	let page: CommunityNodesPage;
	let credential: StoredCredential;
	let trigger: PublishedTrigger;

	beforeAll(async () => {
		bed = await TestBed.open('community-nodes');
		api = await bed.startApi({ eventCount: 500 });
		registry = bed.use(await startRegistry(path.join(bed.folder, 'registry')));
		await registry.publish(bed.tarball);
		userFolder = path.join(bed.folder, 'n8n');
		await start();
	});

	afterAll(async () => {
		await editor?.close();
		await n8n?.stop();
		await bed?.close();
	});

	async function start(): Promise<void> {
		n8n = await startN8n({ userFolder, env: { ...registry.env, ...ENVIRONMENTS[ENGINE] } });
		await editor?.close();
		editor = await openEditor(n8n);
		page = new CommunityNodesPage(editor, n8n);
		await page.open();
	}

	async function picture(name: string): Promise<void> {
		if (PICTURES) await editor.screenshot(path.join(PICTURES, `${name}.png`));
	}

	test('installs the package', async () => {
		expect(await offeredNodes(n8n)).toEqual([]);
		await page.fillInstallDialog();
		await picture('1-install');
		await page.confirmInstall(firstVersion);
		await picture('2-installed');

		expect(await installedVersion(n8n)).toBe(firstVersion);
		expect((await offeredNodes(n8n)).sort()).toEqual(
			['signicatAudit', 'signicatAuditTool', 'signicatAuditTrigger'].map(
				(name) => `${PACKAGE_NAME}.${name}`,
			),
		);
	});

	test('the installed node runs, without a restart of n8n', async () => {
		credential = await createCredential(n8n, api);
		expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		const node = auditNode('Audit', { returnAll: true, output: 'raw', period: 'custom' });
		const execution = await n8n.runWorkflow(startedByHand('Run', node), {
			credentials: [credential],
		});
		expect(itemsOf(execution, 'Audit').map(({ cursor }) => cursor)).toEqual(
			api.events.map(({ cursor }) => cursor),
		);
	});

	test('updates the package while a trigger is published, and no event is lost or repeated', async () => {
		trigger = await PublishedTrigger.publish(n8n, api, credential);
		trigger.append();
		await trigger.arrival(n8n);

		trigger.append();
		await registry.publish(bed.tarball, NEXT_VERSION);
		await page.askForUpdate();
		await picture('3-update');
		const updated = page.confirmUpdate(NEXT_VERSION);
		trigger.append();
		await updated;
		await picture('4-updated');
		trigger.append();
		await trigger.arrival(n8n);

		expect(await installedVersion(n8n)).toBe(NEXT_VERSION);
		expect(await trigger.emitted(n8n)).toEqual(trigger.expected());
	});

	test('the new version continues after a restart of n8n', async () => {
		trigger.append();
		await n8n.stop();
		trigger.append();
		await start();
		trigger.append();
		await trigger.arrival(n8n);

		expect(await installedVersion(n8n)).toBe(NEXT_VERSION);
		expect(await trigger.emitted(n8n)).toEqual(trigger.expected());
	});

	test('uninstalls the package', async () => {
		await n8n.deactivate(trigger.workflowId);
		await page.askForUninstall();
		await picture('5-uninstall');
		await page.confirmUninstall();
		await picture('6-uninstalled');
		await nodesAreGone(n8n);

		expect(await installedVersion(n8n)).toBeUndefined();
		const folder = path.join(userFolder, '.n8n/nodes/node_modules', PACKAGE_NAME);
		expect(existsSync(folder)).toBe(false);
		await editor.openWorkflow(trigger.workflowId);
		await picture('7-workflow');
	});
});
