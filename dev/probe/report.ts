import { type Outcome, VERDICTS } from './fact';

const VERDICT_WIDTH = Math.max(...VERDICTS.map(({ length }) => length)) + 2;
const INDENT = ' '.repeat(VERDICT_WIDTH + 2);

const EMPTY_LOG = `
The audit log holds no event of the last 60 days, so what rests on an event could not be told. To get one
into it, sign a test user in through the sandbox account (Signicat writes an event of the service Broker for
it), wait a minute, and run the probe again. If there should be events: does the client belong to the account
that you look at, and does SIGNICAT_ORGANIZATION_ID name the right organization?`;

export interface CheckedFact extends Outcome {
	group: string;
	id: string;
	/** The heading or row of docs/api.md that says what relies on it. */
	anchor: string;
	/** What this package assumes. */
	states: string;
}

export interface Report {
	tool: { name: string; version: string };
	node: string;
	baseOrigin: string;
	/** How many were sent. */
	requests: number;
	isLogEmpty: boolean;
	facts: CheckedFact[];
}

export function toJson({ facts, ...report }: Report): string {
	const entries = facts.map(({ id, anchor, verdict, found }) => {
		return { id, documentation: `docs/api.md#${anchor}`, verdict, found };
	});
	return `${JSON.stringify({ ...report, facts: entries }, null, '\t')}\n`;
}

/** @param bugsUrl where differences are reported */
export function toText(report: Report, bugsUrl: string): string {
	const { tool, node, baseOrigin, requests, isLogEmpty, facts } = report;
	const lines = [`${tool.name} ${tool.version} at ${baseOrigin}, Node ${node}`];
	facts.forEach(({ group, id, anchor, states, verdict, found }, i) => {
		if (group !== facts[i - 1]?.group) lines.push('', group);
		lines.push(`  ${verdict.padEnd(VERDICT_WIDTH)}${states}`);
		lines.push(`${INDENT}${found}`, `${INDENT}docs/api.md#${anchor} (${id})`);
	});
	lines.push('');
	for (const verdict of VERDICTS) {
		const ids = facts.filter((fact) => fact.verdict === verdict).map(({ id }) => id);
		const named = verdict === 'holds' || ids.length === 0 ? '' : `: ${ids.join(', ')}`;
		lines.push(`${String(ids.length).padStart(3)} ${verdict}${named}`);
	}
	lines.push(`${String(requests).padStart(3)} requests`);
	if (isLogEmpty) lines.push(EMPTY_LOG);
	if (facts.some(({ verdict }) => verdict === 'does not hold')) {
		lines.push('', `Something differs. Please report it with the output of --json: ${bugsUrl}`);
	}
	return `${lines.join('\n')}\n`;
}
