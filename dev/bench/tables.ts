import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { N8N_VERSION } from '../n8n';
import { NODE_VERSION, PROJECT_DIR } from '../n8n/paths';

/** One row of a table. */
export interface Row {
	measure: string;
	result: string;
	target: string;
	isMet: boolean;
}

/** What a part has measured, as Markdown. */
export interface Table {
	text: string;
	/** How many targets were missed. */
	missed: number;
}

const DOCUMENT = path.join(PROJECT_DIR, 'docs/performance.md');

export function tableOf(rows: readonly Row[], runs: number): Table {
	const [cpu] = cpus();
	const table = markdown(
		['Measure', 'Result', 'Target', 'Met'],
		rows.map(({ measure, result, target, isMet }) => [
			measure,
			result,
			target,
			isMet ? 'yes' : '**no**',
		]),
	);
	const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`;
	const made = `Medians of ${runs} runs, n8n ${N8N_VERSION}, Node.js ${NODE_VERSION}, ${machine}.`;
	return { text: `${made}\n\n${table}`, missed: rows.filter(({ isMet }) => !isMet).length };
}

export function markdown(
	titles: readonly string[],
	rows: ReadonlyArray<ReadonlyArray<string | number>>,
): string {
	const line = (cells: ReadonlyArray<string | number>) => `| ${cells.join(' | ')} |`;
	return [titles, titles.map(() => '---'), ...rows].map(line).join('\n');
}

/** Writes the table of a part to docs/performance.md, where it is between two comments with its name. */
export async function writeTable(name: string, { text }: Table): Promise<void> {
	const document = await readFile(DOCUMENT, 'utf8');
	const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
	if (!place.test(document)) throw new Error(`docs/performance.md has no place for "${name}".`);
	const written = document.replace(
		place,
		(_all, before: string, after: string) => `${before}\n${text}\n${after}`,
	);
	await writeFile(DOCUMENT, written);
}
