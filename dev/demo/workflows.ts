import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { exampleNames, readExample, withSettings } from '../examples';
import { bindCredentials, type RunningN8n, type StoredCredential, type WorkflowFile } from '../n8n';
import { DEMO_FOLDER } from './place';

/** The example that n8n runs when another one fails. */
const ERROR_WORKFLOW = 'error-workflow';

/** An example as n8n has stored it. */
export interface ImportedExample {
	/** The name of the example's folder. */
	example: string;
	name: string;
	id: string;
}

export interface ImportOptions {
	/** The credentials for an example's nodes. */
	credentialsFor: (example: string) => StoredCredential[];
	/** Values for the nodes "Settings", by name. */
	settings: Record<string, string>;
}

/** What an earlier start has imported, by example. */
type Imported = Record<string, { id: string; hash: string }>;

const MEMORY = path.join(DEMO_FOLDER, 'imported.json');

/**
 * Brings the example workflows into n8n. One that n8n has is kept with whatever was changed in the editor, except for the
 * addresses in its node "Settings"; if its file has changed since, the file replaces it.
 */
export async function importExamples(
	n8n: RunningN8n,
	options: ImportOptions,
): Promise<ImportedExample[]> {
	const memory = await readMemory();
	const known = new Set((await n8n.workflows()).map(({ id }) => id));
	const results: ImportedExample[] = [];
	// The error workflow comes first: the others refer to it.
	const names = [...exampleNames].sort((a, b) => rank(a) - rank(b));
	for (const example of names) {
		const file = readExample(example);
		const hash = createHash('sha256').update(JSON.stringify(file)).digest('hex');
		const earlier = memory[example];
		const isKnown = earlier !== undefined && known.has(earlier.id);
		const errorWorkflow = example === ERROR_WORKFLOW ? undefined : memory[ERROR_WORKFLOW]?.id;
		const source = isKnown && earlier.hash === hash ? await n8n.workflow(earlier.id) : file;
		const workflow = prepare(source, { ...options, example, errorWorkflow });
		const id = isKnown
			? (await n8n.updateWorkflow(earlier.id, workflow)).id
			: (await n8n.importWorkflow(workflow)).id;
		memory[example] = { id, hash };
		results.push({ example, name: workflow.name, id });
	}
	await writeFile(MEMORY, JSON.stringify(memory));
	return results.sort((a, b) => a.example.localeCompare(b.example));
}

const rank = (example: string): number => (example === ERROR_WORKFLOW ? 0 : 1);

function prepare(
	workflow: WorkflowFile,
	{
		credentialsFor,
		settings,
		example,
		errorWorkflow,
	}: ImportOptions & { example: string; errorWorkflow?: string },
): WorkflowFile {
	const { name, nodes, connections, settings: own } = withSettings(workflow, settings);
	const workflowSettings: IDataObject = { ...own, ...(errorWorkflow && { errorWorkflow }) };
	return {
		name,
		nodes: bindCredentials(nodes, credentialsFor(example)),
		connections,
		settings: workflowSettings,
	};
}

async function readMemory(): Promise<Imported> {
	try {
		return JSON.parse(await readFile(MEMORY, 'utf8')) as Imported;
	} catch {
		return {};
	}
}
