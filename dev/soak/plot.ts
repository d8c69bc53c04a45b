export interface Line {
	label: string;
	/** Seconds since the start, and the value. */
	points: ReadonlyArray<readonly [number, number]>;
	unit: string;
}

const WIDTH = 900;
const HEIGHT = 180;
const LEFT = 70;
const TOP = 34;
const GAP = 30;
/** Readable on white and on black. */
const COLORS = ['#2f6fdd', '#8a4fc7', '#c2571a', '#1f8a5b'];

/** Small charts above each other, over the same time, as an SVG file. */
export function plot(title: string, lines: readonly Line[]): string {
	const height = TOP + lines.length * (HEIGHT + GAP) + 20;
	const end = Math.max(1, ...lines.flatMap(({ points }) => points.map(([second]) => second)));
	const charts = lines.map((line, index) => chart(line, index, end));
	const minutes = Math.ceil(end / 60);
	const step = Math.max(1, Math.ceil(minutes / 9));
	const ticks = Array.from(
		{ length: Math.floor(minutes / step) + 1 },
		(_one, index) => index * step,
	);
	const labels = ticks.map(
		(minute) =>
			`<text x="${at(minute * 60, end)}" y="${height - 8}" text-anchor="middle">${minute} min</text>`,
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 30}" height="${height}" font-family="sans-serif" font-size="12" fill="#7a7a7a" role="img" aria-label="${title}">
<title>${title}</title>
${[...charts, ...labels].join('\n')}
</svg>
`;
}

function chart({ label, points, unit }: Line, index: number, end: number): string {
	const top = TOP + index * (HEIGHT + GAP);
	const bottom = top + HEIGHT;
	const max = niceMax(Math.max(...points.map(([, value]) => value)));
	const y = (value: number) => (bottom - (value / max) * HEIGHT).toFixed(1);
	const path = points.map(([second, value]) => `${at(second, end)},${y(value)}`).join(' ');
	const grid = [0, 0.5, 1].map(
		(share) =>
			`<line x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${y(share * max)}" y2="${y(share * max)}" stroke="#7a7a7a" stroke-opacity="0.35"/>` +
			`<text x="${LEFT - 8}" y="${y(share * max)}" dy="4" text-anchor="end">${share * max}</text>`,
	);
	return [
		`<text x="${LEFT}" y="${top - 8}">${label} (${unit})</text>`,
		...grid,
		`<polyline fill="none" stroke="${COLORS[index % COLORS.length]}" stroke-width="1.5" points="${path}"/>`,
	].join('\n');
}

function at(second: number, end: number): string {
	return (LEFT + (second / end) * WIDTH).toFixed(1);
}

/** The next of 1, 2, 5, 10, 20 … above a value. */
function niceMax(value: number): number {
	const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
	return power * (([1, 2, 5, 10].find((factor) => factor * power >= value) as number) ?? 10);
}
