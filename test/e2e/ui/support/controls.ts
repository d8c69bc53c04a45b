import { errors, type Locator, type Page } from 'playwright-core';
import { type Editor, waitFor } from '../../../../dev/n8n';

/** The parts of n8n's editor that these tests use, by what a person sees in them. */

/** Types words into the search of the list of nodes, once it has the focus: the list loads when it is opened. */
export async function searchNodes(editor: Editor, words: string): Promise<void> {
	await editor.page.locator('[data-test-id="node-creator-search-bar"]:focus').waitFor();
	await editor.type(words);
}

/** The entries of the list that is open. */
export function listEntries(page: Page): Locator {
	return page.locator('.el-select-dropdown__item:visible');
}

/** The names in the list that is open, once it has any. */
export async function namesInList(page: Page): Promise<string[]> {
	await listEntries(page).first().waitFor();
	return (await listEntries(page).allInnerTexts()).map((name) => name.trim());
}

/** Opens a parameter's list of choices. */
export async function openList(page: Page, parameter: string): Promise<void> {
	const field = page.getByTestId(`parameter-input-${parameter}`);
	const entry = listEntries(page).first();
	await waitFor(
		async () => {
			// Once more: the field is replaced when its choices arrive, and the list closes.
			if (!(await entry.isVisible())) await field.click();
			await entry.waitFor({ timeout: 2000 }).catch(() => undefined);
			return await entry.isVisible();
		},
		{ what: `the list of ${parameter}` },
	);
}

/** Chooses an entry of a parameter's list. */
export async function choose(page: Page, parameter: string, entry: string): Promise<void> {
	await openList(page, parameter);
	await listEntries(page).getByText(entry, { exact: true }).click();
	await closeLists(page);
}

/** Closes the list of a field that takes several values. */
export async function closeLists(page: Page): Promise<void> {
	if ((await listEntries(page).count()) === 0) return;
	await page.getByTestId('ndv').getByTestId('node-title-container').click();
	await listEntries(page).first().waitFor({ state: 'hidden' });
}

/** Adds a field to a collection such as Filters or Options; `at` counts them from the top of the panel. */
export async function add(page: Page, { at }: { at: number }, field: string): Promise<void> {
	await page.getByTestId('ndv').getByTestId('collection-parameter-add').nth(at).click();
	await listEntries(page).getByText(field, { exact: true }).click();
	await listEntries(page).first().waitFor({ state: 'hidden' });
}

/** Does something that changes the workflow, and waits until n8n has stored it: the editor takes over text a little later. */
export async function untilStored(
	page: Page,
	text: string,
	change: () => Promise<void>,
): Promise<void> {
	const stored = page.waitForResponse((response) => {
		const request = response.request();
		// A new workflow, or a change of one.
		const isWorkflow = /^\/rest\/workflows(\/[^/]+)?$/.test(new URL(request.url()).pathname);
		return isWorkflow && (request.postData() ?? '').includes(JSON.stringify(text).slice(1, -1));
	});
	await change();
	await stored;
}

/** Types text into a field. */
export async function typeText(page: Page, parameter: string, text: string): Promise<void> {
	await untilStored(page, text, async () => {
		await page.getByTestId(`parameter-input-${parameter}`).locator('input').fill(text);
	});
}

/** Types an expression or plain text in the Expression mode of a field. */
export async function typeExpression(page: Page, parameter: string, text: string): Promise<void> {
	const field = page.getByTestId(`parameter-input-${parameter}`);
	const expression = page
		.getByTestId(`${parameter}-parameter-input-options-container`)
		.getByTestId('radio-button-expression');
	await whileMouseIsOn(page, field, async (limit) => await expression.click(limit));
	// n8n completes the braces, and puts blanks beside them.
	await untilStored(page, text.replace(/^\{\{ */, ''), async () => {
		await field.locator('.cm-content').click();
		await page.keyboard.press('ControlOrMeta+a');
		await page.keyboard.type(text);
		// Elsewhere, so that the help for expressions closes.
		await page.getByTestId('ndv').getByTestId('node-title-container').click();
	});
}

/** What n8n shows at the warning sign of a field, when the mouse is on it. */
export async function issueAt(page: Page, field: Locator): Promise<string> {
	const tooltips = page.locator('[role="tooltip"], [data-reka-popper-content-wrapper]');
	const issues = tooltips.filter({ hasText: 'Issues:' }).first();
	const sign = field.locator('[data-icon="triangle-alert"]');
	return await whileMouseIsOn(page, sign, async (limit) => {
		await issues.waitFor(limit);
		return (await issues.textContent(limit)) ?? '';
	});
}

/** Puts the mouse on an element, and uses what the editor shows then, until that has worked within the limit. */
export async function whileMouseIsOn<T>(
	page: Page,
	element: Locator,
	use: (limit: { timeout: number }) => Promise<T>,
): Promise<T> {
	const { result } = await waitFor(
		async () => {
			// Once more from elsewhere: while a panel is opening, its parts move away from under the mouse.
			await page.mouse.move(0, 0);
			await element.hover();
			try {
				return { result: await use({ timeout: 2000 }) };
			} catch (error) {
				if (error instanceof errors.TimeoutError) return undefined;
				throw error;
			}
		},
		{ what: `what the mouse shows at ${element}` },
	);
	return result;
}

/** The address that a link of the editor opens in a new tab. What is there does not matter. */
export async function addressBehind(page: Page, link: Locator): Promise<string> {
	await page.context().route(/^https:/, async (route) => await route.fulfill({ body: '' }));
	const [tab] = await Promise.all([page.waitForEvent('popup'), link.click()]);
	await tab.waitForURL(/^https:/);
	const address = tab.url();
	await tab.close();
	return address;
}

/** Waits for the error in the output of a node, and returns its text. */
export async function errorIn(output: Locator): Promise<string> {
	const message = output.getByTestId('node-error-message');
	await message.waitFor();
	return await output.innerText();
}

/** The columns of the table in an output, with the pixels that each takes. */
export async function columnsOf(output: Locator) {
	const cells = output.locator('th');
	await cells.first().waitFor();
	const columns: Array<{ name: string; left: number; right: number }> = [];
	for (const cell of await cells.all()) {
		const name = (await cell.innerText()).trim();
		const box = await cell.boundingBox();
		if (name && box) columns.push({ name, left: box.x, right: box.x + box.width });
	}
	return columns;
}
