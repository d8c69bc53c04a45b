/** How a count differs from the one before. */
export interface Change {
	/** Null if it is not known. */
	previousCount: number | null;
	/** Negative for a decrease; null if `previousCount` is. */
	change: number | null;
	/** In percent of `previousCount`, to one decimal place; null if that is zero or not known. */
	changePercent: number | null;
}

export function changeOf(count: number, previousCount: number | null): Change {
	if (previousCount === null) return { previousCount, change: null, changePercent: null };
	const change = count - previousCount;
	// Half up in both directions. Adding zero turns -0 into 0.
	const percent =
		(Math.sign(change) * Math.round((Math.abs(change) / previousCount) * 1000)) / 10 + 0;
	return { previousCount, change, changePercent: previousCount === 0 ? null : percent };
}

export function formatNumber(count: number): string {
	return count.toLocaleString('en-US');
}

/**
 * A change that can be read without color: `▲ +12 (+20%)`, `▼ −5 (−0.4%)` or `= unchanged`. Empty if it
 * is not known.
 */
export function changeText({ change, changePercent }: Change): string {
	if (change === null) return '';
	if (change === 0) return '= unchanged';
	// A percentage that rounds to zero would contradict the arrow.
	const percent = changePercent ? ` (${signed(changePercent)}%)` : '';
	return `${change > 0 ? '▲' : '▼'} ${signed(change)}${percent}`;
}

function signed(number: number): string {
	return `${number > 0 ? '+' : '−'}${formatNumber(Math.abs(number))}`;
}
