const MAX_CELL = 36;

/** Formats some fields of the rows as columns that fit the terminal, truncating long values. */
export function formatTable(rows: Array<Record<string, unknown>>, fields: string[]): string {
	const cells = [fields, ...rows.map((row) => fields.map((field) => toCell(row[field])))];
	const widths = fields.map((_, column) =>
		Math.max(...cells.map((row) => row[column]?.length ?? 0)),
	);
	const lines = cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
	lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
	const columns = process.stdout.columns ?? 160;
	return lines.map((line) => line.slice(0, columns).trimEnd()).join('\n');
}

function toCell(value: unknown): string {
	// A single line, without anything that moves the terminal's cursor.
	const text = String(value ?? '').replace(/[\s\p{C}]+/gu, ' ');
	return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 3)}...` : text;
}
