import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { formatSize } from './arrivals';
import type { Arrival } from './types';

/** The files in a folder and its subfolders, as arrivals, oldest first. */
export function arrivalsIn(folder: string, receiver: string): Arrival[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => ({ to: name.split(path.sep).join('/'), file: path.join(folder, name) }))
		.filter(({ file }) => statSync(file).isFile())
		.map(({ to, file }) => {
			const content = readFileSync(file);
			const name = path.basename(file);
			return {
				at: statSync(file).mtime.toISOString(),
				receiver,
				to,
				title: name,
				text: formatSize(content.length),
				files: [{ name, content }],
			};
		})
		.sort((a, b) => a.at.localeCompare(b.at));
}
