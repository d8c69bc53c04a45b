import { VERDICTS } from './outcome.mjs';

const VERDICT_WIDTH = Math.max(...Object.values(VERDICTS).map(({ length }) => length)) + 2;
const INDENT = ' '.repeat(VERDICT_WIDTH + 2);

const EMPTY_LOG = `
The audit log holds no event of the last 60 days, so what rests on an event could not be told. To get one
into it, sign a test user in through the sandbox account (Signicat writes an event of the service Broker for
it), wait a minute, and run the probe again. If there should be events: does the client belong to the account
that you look at, and does SIGNICAT_ORGANIZATION_ID name the right organization?
`;

/**
 * @typedef {object} Report
 * @property {{ name: string, version: string }} tool
 * @property {string} node
 * @property {string} baseOrigin
 * @property {number} requests
 * @property {boolean} isLogEmpty
 * @property {Array<{ id: string, anchor: string, group: string, states: string, verdict: string, found: string }>} facts
 */

/** @param {Report} report */
export function toJson({ facts, ...report }) {
	const entries = facts.map(({ id, anchor, verdict, found }) => ({
		id,
		documentation: `docs/api.md#${anchor}`,
		verdict,
		found,
	}));
	return `${JSON.stringify({ ...report, facts: entries }, null, '\t')}\n`;
}

/**
 * @param {Report} report
 * @param {string} bugsUrl where differences are reported
 */
export function toText(report, bugsUrl) {
	const { tool, node, baseOrigin, requests, isLogEmpty, facts } = report;
	const lines = [`${tool.name} ${tool.version} at ${baseOrigin}, Node ${node}`];
	let group;
	for (const fact of facts) {
		if (fact.group !== group) lines.push('', fact.group);
		group = fact.group;
		lines.push(
			`  ${fact.verdict.padEnd(VERDICT_WIDTH)}${fact.states}`,
			`${INDENT}${fact.found}`,
			`${INDENT}docs/api.md#${fact.anchor} (${fact.id})`,
		);
	}
	const idsOf = (verdict) => facts.filter((fact) => fact.verdict === verdict).map(({ id }) => id);
	lines.push('');
	for (const verdict of Object.values(VERDICTS)) {
		const ids = idsOf(verdict);
		const named = verdict === VERDICTS.holds || ids.length === 0 ? '' : `: ${ids.join(', ')}`;
		lines.push(`${String(ids.length).padStart(3)} ${verdict}${named}`);
	}
	lines.push(`${String(requests).padStart(3)} requests`);
	if (isLogEmpty) lines.push(EMPTY_LOG.trimEnd());
	if (idsOf(VERDICTS.doesNotHold).length > 0) {
		lines.push('', `Something differs. Please report it with the output of --json: ${bugsUrl}`);
	}
	return `${lines.join('\n')}\n`;
}
