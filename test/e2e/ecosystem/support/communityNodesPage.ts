import type { Locator } from 'playwright-core';
import { type Editor, PACKAGE_NAME, type RunningN8n, waitFor } from '../../../../dev/n8n';

/** npm downloads, and n8n loads the package. */
const INSTALL_MS = 120_000;

/** n8n's page Settings > Community nodes, used as a person does. */
export class CommunityNodesPage {
	constructor(
		private readonly editor: Editor,
		private readonly n8n: RunningN8n,
	) {}

	/** The entry of this package. */
	get card(): Locator {
		return this.editor.page.getByTestId('community-package-card').filter({ hasText: PACKAGE_NAME });
	}

	async open(): Promise<void> {
		await this.editor.page.goto(`${this.n8n.url}/settings/community-nodes`);
		await this.button('Install a community node').or(this.card).first().waitFor();
	}

	/** Opens the dialog and fills it in. */
	async fillInstallDialog(): Promise<void> {
		const { page } = this.editor;
		await this.button('Install a community node').click();
		await page.getByTestId('package-name-input').fill(PACKAGE_NAME);
		await page.getByTestId('user-agreement-checkbox').click();
	}

	async confirmInstall(version: string): Promise<void> {
		const install = this.editor.page.getByTestId('install-community-package-button');
		await install.click();
		await this.showsVersion(version);
		await install.waitFor({ state: 'hidden' });
	}

	/** Opens the page, and on it the confirmation of an update. */
	async askForUpdate(): Promise<void> {
		const update = this.card.getByRole('button', { name: 'Update' });
		await waitFor(
			async () => {
				await this.open();
				await this.card.waitFor();
				return await update.isVisible();
			},
			// n8n asks npm whenever the page opens, and shows no update if that fails.
			{ what: 'the offer of an update', everyMs: 2000 },
		);
		await update.click();
		await this.button('Confirm update').waitFor();
	}

	async confirmUpdate(version: string): Promise<void> {
		await this.button('Confirm update').click();
		await this.showsVersion(version);
	}

	/** Opens the confirmation of an uninstallation. */
	async askForUninstall(): Promise<void> {
		await this.card.getByRole('button').last().click();
		await this.editor.page.getByText('Uninstall package').click();
		await this.button('Confirm uninstall').waitFor();
	}

	async confirmUninstall(): Promise<void> {
		await this.button('Confirm uninstall').click();
		await this.card.waitFor({ state: 'detached', timeout: INSTALL_MS });
	}

	private button(name: string): Locator {
		return this.editor.page.getByRole('button', { name });
	}

	private async showsVersion(version: string): Promise<void> {
		await this.card.getByText(`v${version}`).waitFor({ timeout: INSTALL_MS });
	}
}

/** The version that n8n has stored and loaded, or undefined. */
export async function installedVersion(n8n: RunningN8n): Promise<string | undefined> {
	const packages = await n8n.request<
		Array<{ packageName: string; installedVersion: string; failedLoading: boolean }>
	>('GET', '/rest/community-packages');
	const ours = packages.find(({ packageName }) => packageName === PACKAGE_NAME);
	return ours && !ours.failedLoading ? ours.installedVersion : undefined;
}

/** The names of this package's nodes that the editor offers. */
export async function offeredNodes(n8n: RunningN8n): Promise<string[]> {
	const types = await n8n.nodeTypes();
	return types.map(({ name }) => name).filter((name) => name.startsWith(`${PACKAGE_NAME}.`));
}

/** Waits until n8n has written the list of nodes again, which it does in the background. */
export async function nodesAreGone(n8n: RunningN8n): Promise<void> {
	const options = { what: 'the nodes to disappear from the editor' };
	await waitFor(async () => (await offeredNodes(n8n)).length === 0, options);
}
