const MAX_CELL = 36;

/** Lines up the given fields of the rows in columns that fit the terminal, cutting what is too long. */
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
	// One line, and nothing that moves the terminal's cursor.
	const text = String(value ?? '').replace(/[\s\p{C}]+/gu, ' ');
	return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 3)}...` : text;
}
