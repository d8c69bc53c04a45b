import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowFile } from '../n8n';
import { PROJECT_DIR } from '../n8n/paths';

export const EXAMPLES_DIR = path.join(PROJECT_DIR, 'examples');

/** The node of an example in which its user sets what differs from place to place. */
export const SETTINGS_NODE = 'Settings';

/** The names of the example workflows: the folders in `examples/`. */
export const exampleNames: string[] = readdirSync(EXAMPLES_DIR, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name)
	.sort();

/** The workflow of an example, unchanged. */
export function readExample(name: string): WorkflowFile {
	const file = path.join(EXAMPLES_DIR, name, 'workflow.json');
	return JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
}

/**
 * The same workflow with other values in its node "Settings", as its user would set them. Nothing else changes.
 *
 * @param values by the name of the field; those that the workflow does not have are ignored
 */
export function withSettings(file: WorkflowFile, values: Record<string, string>): WorkflowFile {
	const withValues = (node: INode): INode => {
		if (node.name !== SETTINGS_NODE) return node;
		const { assignments, ...others } = node.parameters as unknown as SettingsParameters;
		const changed = assignments.assignments.map((field) => ({
			...field,
			value: values[field.name] ?? field.value,
		}));
		return {
			...node,
			parameters: { ...others, assignments: { assignments: changed } } as INode['parameters'],
		};
	};
	return { ...file, nodes: file.nodes.map(withValues) };
}

/** The parameters of n8n's node Edit Fields (Set). */
interface SettingsParameters {
	assignments: { assignments: Array<{ id: string; name: string; value: unknown; type: string }> };
}
