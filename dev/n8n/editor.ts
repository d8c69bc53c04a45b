import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import type { RunningN8n } from './n8n';
import { findTool } from './tools';
import type { Execution } from './types';
import { waitFor } from './wait';

/** In ms, for each step of a test: the first one loads all of the editor. */
const ACTION_TIMEOUT_MS = 120_000;

const CHROMIUM_ARGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** CSS pixels of the page. */
interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

export interface OpenEditorOptions {
	/** CSS pixels; 1440 × 900 by default. */
	viewport?: { width: number; height: number };
	/** Device pixels per CSS pixel; 1 by default. */
	scale?: number;
	theme?: 'light' | 'dark';
}

/** What somebody did by hand. Text typed into one field counts once, and so does the click that selects it. */
export interface Effort {
	clicks: number;
	typed: number;
}

/** n8n's editor in a browser, with the owner signed in. */
export class Editor {
	/** What `click` and `type` did since the last `newWorkflow`. */
	readonly effort: Effort = { clicks: 0, typed: 0 };

	constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly n8n: RunningN8n,
	) {}

	/** Clicks as a person would, and counts it. */
	async click(target: Locator): Promise<void> {
		await target.click();
		this.effort.clicks++;
	}

	/** Types text as a person would, into a field or to where the cursor is, and counts it. */
	async type(text: string, field?: Locator): Promise<void> {
		await field?.click();
		if (field) await this.page.keyboard.press('ControlOrMeta+a');
		await this.page.keyboard.type(text);
		this.effort.typed++;
	}

	/** Opens an empty canvas, from where effort counts. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.n8n.url}/workflow/new`);
		await this.page.getByTestId('canvas-plus-button').waitFor();
		await this.closeNags();
		Object.assign(this.effort, { clicks: 0, typed: 0 });
	}

	/** Shows the editor in another theme. */
	async setTheme(theme: 'light' | 'dark'): Promise<void> {
		await this.page.emulateMedia({ colorScheme: theme });
	}

	/** Opens a workflow and waits until its nodes are visible. */
	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.n8n.url}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.closeNags();
	}

	/** Opens a node's panel, with its parameters, input and output; `canvas` is what has the node, if there are several. */
	async openNode(name: string, canvas: Page | Locator = this.page): Promise<Locator> {
		await this.closeNode();
		const node = canvas.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
		const panel = this.page.getByTestId('ndv');
		await waitFor(
			async () => {
				// Once more: a canvas that fits its view moves the node away from under the mouse.
				await node.dblclick({ timeout: 5000 }).catch(() => undefined);
				await panel.waitFor({ timeout: 5000 }).catch(() => undefined);
				return await panel.isVisible();
			},
			{ what: `the panel of ${name}` },
		);
		await this.closeNags();
		return panel;
	}

	/** Closes the open node panel, if there is one. */
	async closeNode(): Promise<void> {
		if (!(await this.page.getByTestId('ndv').isVisible())) return;
		await this.page.keyboard.press('Escape');
		await this.page.getByTestId('ndv').waitFor({ state: 'hidden' });
	}

	/** Runs the node whose panel is open, and waits until its output or its error is visible. */
	async executeNode(): Promise<Execution> {
		const [response] = await Promise.all([
			this.page.waitForResponse(/\/rest\/workflows\/[^/]+\/run/),
			this.page.getByTestId('node-execute-button').click(),
		]);
		const { data } = (await response.json()) as { data: { executionId: string } };
		const execution = await this.n8n.finishedExecution(data.executionId);
		const output = this.page.getByTestId('output-panel');
		await output
			.getByTestId('ndv-items-count')
			.or(output.getByTestId('node-error-message'))
			.or(output.getByText('No output data returned'))
			.first()
			.waitFor();
		return execution;
	}

	/** Opens a stored credential's dialog from the list of credentials. */
	async openCredential(name: string): Promise<Locator> {
		await this.page.goto(`${this.n8n.url}/home/credentials`);
		await this.page.getByTestId('resources-list-item').filter({ hasText: name }).first().click();
		const dialog = this.page.getByTestId('editCredential-modal');
		await dialog.waitFor();
		await this.closeNags();
		return dialog;
	}

	/** Takes a PNG of the page, or of an element or a rectangle of it, once images and fonts have loaded. */
	async screenshot(path: string, part?: Locator, clip?: Rectangle): Promise<void> {
		await this.closeNags();
		await this.page.mouse.move(0, 0);
		await this.page.evaluate('document.fonts.ready');
		await this.page.waitForLoadState('networkidle').catch(() => undefined);
		const options = { path, animations: 'disabled', caret: 'hide' } as const;
		await (part ? part.screenshot(options) : this.page.screenshot({ ...options, clip }));
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** Closes the notices that n8n shows on top of the editor. */
	private async closeNags(): Promise<void> {
		const nags = [
			'[data-test-id="whats-new-modal"] .el-dialog__close',
			'[data-test-id="callout-dismiss-icon"]',
			'.el-notification__closeBtn',
		];
		for (const nag of await this.page.locator(nags.join(', ')).all()) {
			await nag.click({ timeout: 1000 }).catch(() => undefined);
		}
	}
}

/**
 * Opens n8n's editor in Chromium (`$CHROMIUM_PATH`, or its usual location).
 *
 * @throws Error that says how to get Chromium, if there is none
 */
export async function openEditor(
	n8n: RunningN8n,
	options: OpenEditorOptions = {},
): Promise<Editor> {
	const browser = await chromium.launch({
		executablePath: findTool('chromium'),
		headless: true,
		timeout: ACTION_TIMEOUT_MS,
		args: CHROMIUM_ARGS,
	});
	const context = await browser.newContext({
		viewport: options.viewport ?? { width: 1440, height: 900 },
		deviceScaleFactor: options.scale ?? 1,
		colorScheme: options.theme ?? 'light',
		locale: 'en-US',
		timezoneId: 'UTC',
	});
	await context.addCookies([{ name: 'n8n-auth', value: n8n.sessionToken, url: n8n.url }]);
	// n8n's editor has its test ids in this attribute, which is not Playwright's default.
	selectors.setTestIdAttribute('data-test-id');
	const page = await context.newPage();
	page.setDefaultTimeout(ACTION_TIMEOUT_MS);
	return new Editor(browser, page, n8n);
}
