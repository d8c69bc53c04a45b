import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type IDataObject, type INode, Workflow } from 'n8n-workflow';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { credentialFor, runAudit, RunningTrigger } from './engine';

const DIR = join(__dirname, '../../examples');
const PREFIX = 'n8n-nodes-signicat-audit.';

// The workflows in folders run as a whole in the end-to-end tests.
const files = readdirSync(DIR).filter((file) => file.endsWith('.json'));

const ours = files.flatMap((file) => {
	const { nodes } = JSON.parse(readFileSync(join(DIR, file), 'utf8')) as { nodes: INode[] };
	return nodes
		.filter(({ type }) => type.startsWith(PREFIX))
		.map((node) => [file, node.name, node] as const);
});

describe('The example workflows', () => {
	let api: AuditApi;

	beforeAll(async () => {
		api = await startAuditApi({ eventCount: 2000 });
	});
	afterAll(async () => await api.stop());

	test.each(ours)('%s: "%s" returns items', async (_file, _name, { type, parameters }) => {
		if (type === `${PREFIX}signicatAuditTrigger`) {
			const trigger = new RunningTrigger(credentialFor(api), parameters);
			expect((await trigger.poll({ mode: 'manual' })).length).toBeGreaterThan(0);
			return;
		}
		const items = [{ cursor: api.events[0]?.cursor }];
		const result = await runAudit(credentialFor(api), { parameters, items });
		expect(result.error).toBeUndefined();
		expect(result.items.length).toBeGreaterThan(0);
		expect(api.violations).toEqual([]);
	});

	test.each([
		['a plain name', { serviceName: 'Broker', eventType: 'login' }, '`Broker / login`'],
		['formatting', { serviceName: '*a*', eventType: '`_b_`' }, '`*a* / ˋ_b_ˋ`'],
		['lines', { serviceName: 'a\n\u2028*b*', eventType: 'c\r\u202ed' }, '`a *b* / c d`'],
		['a mention', { serviceName: '<!channel>', eventType: '&' }, '`&lt;!channel&gt; / &amp;`'],
		['no names', { serviceName: null }, '`(none) / (none)`'],
		['a long name', { serviceName: 'x'.repeat(9_000) }, `\`${'x'.repeat(200)}\``],
	])('tell Slack of a new event type on one line, as code: %s', (_what, names, shown) => {
		const file = readFileSync(join(DIR, 'alert-on-new-event-type.json'), 'utf8');
		const { nodes } = JSON.parse(file) as { nodes: INode[] };
		const slack = nodes.find(({ type }) => type.endsWith('.slack')) as INode;
		expect(textFor(slack, { ...names, firstSeenAt: 'then' })).toBe(
			`New in the Signicat audit log: ${shown}, first seen at then`,
		);
	});
});

/** The text that the node sends for an item. */
function textFor(node: INode, json: IDataObject): unknown {
	const nodeTypes = { getByName: () => undefined, getByNameAndVersion: () => undefined };
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: nodeTypes as never,
	});
	return workflow.expression.getParameterValue(
		node.parameters.text as string,
		null,
		0,
		0,
		node.name,
		[{ json }],
		'manual',
		{},
	);
}
