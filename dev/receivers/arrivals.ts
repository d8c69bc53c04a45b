import type { Arrival } from './types';

const MAX_TEXT = 20_000;

/** An arrival, of this moment unless it says when. A long text is cut: the page shows what something is, not all of it. */
export function arrivalNow(fields: Omit<Arrival, 'at'> & { at?: string }): Arrival {
	const { text } = fields;
	const isLong = text.length > MAX_TEXT;
	return {
		at: new Date().toISOString(),
		...fields,
		...(isLong && { text: `${text.slice(0, MAX_TEXT)}…` }),
	};
}

/** A file's size as people say it. */
export function formatSize(bytes: number): string {
	if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
	if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
