import { ROWS } from './rows';
import { type Found, type Outcome, type Repeat, REPEATS } from './types';

export const BEGIN = '<!-- faults: npm run test:faults writes this with FAULT_TABLE=write -->';
export const END = '<!-- /faults -->';

const KINDS = ['action', 'trigger'] as const;
const REPEAT_NAMES = Object.keys(REPEATS) as Repeat[];

const WORDS: Record<Exclude<Outcome, 'error'>, string> = {
	all: 'everything',
	'all and malformed': 'everything, malformed objects too',
};

/** The results as in docs/reliability.md: one row per fault. */
export function tableOf(found: readonly Found[]): string {
	const header = [
		'Fault',
		...KINDS.flatMap((kind) => REPEAT_NAMES.map((repeat) => `${TITLES[kind]}, ${repeat}`)),
	];
	const rows = ROWS.map(({ name }) => {
		const own = found.filter(({ fault }) => fault === name);
		const cells = KINDS.flatMap((kind) =>
			REPEAT_NAMES.map((repeat) =>
				cellOf(own.filter((one) => one.kind === kind && one.repeat === repeat)),
			),
		);
		return [name, ...cells];
	});
	const lines = [header, header.map(() => '---'), ...rows];
	return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const TITLES = { action: 'Action', trigger: 'Poll' };

/** Each outcome once, the most frequent first. */
function cellOf(cases: readonly Found[]): string {
	const counts = new Map<string, number>();
	for (const { outcome, message } of cases) {
		const text = outcome === 'error' ? `error: ${message}` : WORDS[outcome];
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	return [...counts]
		.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
		.map(([text]) => text)
		.join('; ');
}

/** How many cases had which outcome, for the console. */
export function summaryOf(found: readonly Found[]): string {
	const count = (outcome: Outcome) => found.filter((one) => one.outcome === outcome).length;
	const most = Math.max(...found.map(({ virtualMs }) => virtualMs));
	return [
		`${found.length} cases: ${count('all') + count('all and malformed')} returned everything, ${count('error')} a clear error.`,
		`At most ${Math.max(...found.map(({ requests }) => requests))} requests and ${Math.round(most / 1000)} s on the stopped clock per case.`,
	].join('\n');
}

/** The page with a new table. */
export function withTable(page: string, table: string): string {
	const [before = '', rest = ''] = page.split(BEGIN);
	const [, after = ''] = rest.split(END);
	return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

/** The rows of a table, regardless of padding. */
export function cellsOf(text: string): string[] {
	return text
		.split('\n')
		.filter((line) => line.startsWith('|') && !/^\|[\s|:-]+$/.test(line))
		.map((line) => line.replace(/\s*\|\s*/g, '|'));
}
