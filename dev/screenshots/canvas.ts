import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EXAMPLES_DIR, readExample } from '../examples';
import type { Editor, RunningN8n, StoredCredential, WorkflowFile } from '../n8n';

/** CSS pixels around the workflow in the picture. */
const MARGIN = 24;

/** How large n8n draws a node, with its name below. */
const NODE = { width: 100, height: 150 };

/** The size of the editor around the canvas, and the space that n8n leaves around a workflow that fits. */
const AROUND = { width: 320, height: 320 };

const MAX_BYTES = 250_000;

/** Hides everything on top of the canvas. */
const ONLY_CANVAS = `
	[data-test-id="canvas-controls"], [data-test-id="canvas-minimap"], .vue-flow__panel, .vue-flow__minimap,
	[data-test-id="canvas-execute-workflow-button"], [data-test-id="canvas-node-toolbar"],
	[data-test-id="canvas-chat"], [data-test-id="logs-overview"], [data-test-id="node-creator-plus-button"],
	[class*="executionButtons"], [class*="bottomMenu"] { visibility: hidden !important; }
`;

/** Takes `canvas.png` of an example: the whole workflow with its notes, as large as n8n draws it. */
export async function takeCanvas(
	editor: Editor,
	n8n: RunningN8n,
	name: string,
	credentials: StoredCredential[],
): Promise<void> {
	const workflow = readExample(name);
	const { id } = await n8n.importWorkflow(workflow, credentials);
	const { width, height } = sizeOf(workflow);
	const { page } = editor;
	await page.setViewportSize({ width: width + AROUND.width, height: height + AROUND.height });
	await editor.openWorkflow(id);
	await page.addStyleTag({ content: ONLY_CANVAS });
	// n8n's shortcut for "Zoom to fit".
	await page.keyboard.press('1');
	const nodes = page.locator('.vue-flow__node');
	await nodes.first().click({ trial: true });
	const file = path.join(EXAMPLES_DIR, name, 'canvas.png');
	const clip = await nodes.evaluateAll(boundsOf, MARGIN);
	await editor.screenshot(file, undefined, clip);
	const { size } = await stat(file);
	if (size > MAX_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MAX_BYTES}`);
}

/** The size of the workflow on the canvas, in CSS pixels. */
function sizeOf({ nodes }: WorkflowFile): { width: number; height: number } {
	const boxes = nodes.map(({ position: [x, y], parameters }) => {
		const { width = NODE.width, height = NODE.height } = parameters as Partial<typeof NODE>;
		return { left: x, top: y, right: x + Number(width), bottom: y + Number(height) };
	});
	return {
		width: Math.max(...boxes.map((it) => it.right)) - Math.min(...boxes.map((it) => it.left)),
		height: Math.max(...boxes.map((it) => it.bottom)) - Math.min(...boxes.map((it) => it.top)),
	};
}

/** Runs in the browser: the part of the page that contains all of `elements`. */
function boundsOf(elements: Array<{ getBoundingClientRect(): Box }>, margin: number) {
	const boxes = elements.map((element) => element.getBoundingClientRect());
	const left = Math.min(...boxes.map((box) => box.left)) - margin;
	const top = Math.min(...boxes.map((box) => box.top)) - margin;
	return {
		x: left,
		y: top,
		width: Math.max(...boxes.map((box) => box.right)) + margin - left,
		height: Math.max(...boxes.map((box) => box.bottom)) + 2 * margin - top,
	};
}

interface Box {
	left: number;
	top: number;
	right: number;
	bottom: number;
}
