import { beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../nodes/SignicatAudit/digest/digest';
import { digestHtml } from '../../../nodes/SignicatAudit/digest/digestHtml';
import { zoneClock } from '../../../nodes/SignicatAudit/digest/digestTime';
import { viewDigest } from '../../../nodes/SignicatAudit/digest/digestView';
import { EventCounter } from '../../../nodes/SignicatAudit/digest/eventCounter';
import { columnsOf } from '../../../nodes/SignicatAudit/digest/groupBy';
import { DAY, parseTimestamp } from '../../../nodes/shared/model/instant';

type Color = [red: number, green: number, blue: number];

/** WCAG 2.2, relative luminance. */
function luminance(color: Color): number {
	const [red, green, blue] = color.map((part) => {
		const share = part / 255;
		return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	}) as Color;
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: Color, second: Color): number {
	const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b) as [
		number,
		number,
	];
	return (light + 0.05) / (dark + 0.05);
}

const colorOf = (hex: string | undefined): Color => {
	expect(hex).toMatch(/^#[0-9a-f]{6}$/);
	return [1, 3, 5].map((at) => parseInt(hex?.slice(at, at + 2) ?? '', 16)) as Color;
};

/** How mail clients change a color in their dark modes. */
const DARK_MODES: Record<string, (color: Color) => Color> = {
	'none, which leaves the colours': (color) => color,
	'one that turns each part around': (color) => color.map((part) => 255 - part) as Color,
	'one that turns the lightness around': (color) => {
		const turn = 255 - Math.max(...color) - Math.min(...color);
		return color.map((part) => part + turn) as Color;
	},
	'one that turns around and starts at a dark grey': (color) =>
		color.map((part) => 18 + ((255 - part) * 237) / 255) as Color,
};

/** A digest with everything that can be in one. */
function digest({ isCompared }: { isCompared: boolean }): string {
	const clock = zoneClock('UTC');
	const columns = columnsOf(['userId'], ['sandbox']);
	const countOf = (users: unknown[]) => {
		const counter = new EventCounter({ columns, clock, maxGroups: 4 });
		for (const userId of users as string[]) {
			counter.add({ cursor: 'c', timestamp: '2026-11-01T12:34:56Z', userId, sandbox: true });
			counter.add({ cursor: 'c', timestamp: '2026-11-01T13:34:56Z', userId, sandbox: true });
		}
		return counter;
	};
	const to = parseTimestamp('2026-11-02T00:00:00Z') ?? 0n;
	const window = { from: to - DAY, to };
	const counter = countOf(['a', null, 7, '', 'e', 'f']);
	const previous = isCompared ? countOf(['a', 'a', 'gone', 'e']) : undefined;
	return digestHtml(
		viewDigest(digestOf(counter, { topN: 3, previous }), {
			window,
			previousWindow: { from: window.from - DAY, to: window.from },
			columns,
			timeZone: 'UTC',
			clock,
		}),
	);
}

describe.each([
	['in HTML', { isCompared: false }],
	['that is compared, in HTML', { isCompared: true }],
])('the colours of a digest %s', (_which, options) => {
	let html: string;
	let elements: Array<{ tag: string | undefined; attributes: string }>;

	beforeAll(() => {
		html = digest(options);
		elements = [...html.matchAll(/<(div|h1|p|table|th|td|span)\b([^>]*)>/g)].map(
			([, tag, attributes = '']) => ({ tag, attributes }),
		);
	});

	test('are said of every element that shows something', () => {
		// The times of a comparison are stacked.
		const times = options.isCompared ? 'div' : 'span';
		expect(new Set(elements.map(({ tag }) => tag))).toEqual(
			new Set(['div', 'h1', 'p', 'table', 'th', 'td', times]),
		);
		expect(html.replace(/<\/?(?:div|h1|p|table|tr|th|td|span)\b[^>]*>/g, '')).not.toContain('<');
		for (const { tag, attributes } of elements) {
			// If an element set only one of them, the mail client would choose the other.
			expect(attributes).toMatch(/[";]background-color:#[0-9a-f]{6}!important[";]/);
			expect(attributes).toMatch(/[";]color:(#[0-9a-f]{6});color:\1!important[";]/);
			if (['table', 'th', 'td'].includes(tag ?? ''))
				expect(attributes).toContain('bgcolor="#ffffff"');
		}
	});

	test.each(Object.keys(DARK_MODES))('can be read in a dark mode: %s', (mode) => {
		const shown = DARK_MODES[mode] as (color: Color) => Color;
		for (const { attributes } of elements) {
			const background = colorOf(/background-color:(#\w+)/.exec(attributes)?.[1]);
			const text = colorOf(/[";]color:(#\w+)/.exec(attributes)?.[1]);
			expect(contrast(shown(background), shown(text))).toBeGreaterThanOrEqual(4.5);
		}
	});

	test('are those of all that a digest can have', () => {
		expect(html.includes('>▼ −2</div>')).toBe(options.isCompared);
		expect(html).toContain('There are more than');
	});

	test('are measured as WCAG does', () => {
		expect(contrast([255, 255, 255], [0, 0, 0])).toBeCloseTo(21);
		expect(contrast([255, 255, 255], [119, 119, 119])).toBeCloseTo(4.48);
	});
});
