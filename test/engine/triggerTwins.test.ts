import '../trigger-model/instantSleep';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PollContext } from 'n8n-core';
import { type INode, type INodeTypes, Workflow } from 'n8n-workflow';
import { SignicatAuditTrigger } from '../../nodes/SignicatAuditTrigger/SignicatAuditTrigger.node';
import { type AuditApi, startAuditApi } from '../../dev/audit-api';
import { moveClock, startClock, stopClock } from '../trigger-model/clock';
import { additionalDataFor, credentialFor } from './engine';

const TYPE = 'n8n-nodes-signicat-audit.signicatAuditTrigger';

const node = (name: string): INode => ({
	// Copied as JSON: n8n 2.41 refuses this, older versions do not.
	id: 'the-same',
	name,
	type: TYPE,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	credentials: { signicatOAuth2Api: { id: 'credential-1', name: 'Signicat' } },
});

describe('Two trigger nodes of one workflow with the same ID', () => {
	let api: AuditApi;

	beforeEach(async () => {
		stopClock(Date.UTC(2026, 10, 1, 12, 0, 0, 345));
		api = await startAuditApi({ eventCount: 0, now: () => new Date() });
	});
	afterEach(async () => {
		await api.stop();
		startClock();
	});

	test('each return every event, even if they are polled in the same tick', async () => {
		const type = new SignicatAuditTrigger();
		const nodeTypes = {
			getByNameAndVersion: () => type,
			getByName: () => type,
			getKnownTypes: () => ({}),
		};
		const workflow = new Workflow({
			id: 'workflow-twins',
			nodes: [node('First'), node('Second')],
			connections: {},
			active: true,
			nodeTypes: nodeTypes as unknown as INodeTypes,
		});
		const credential = credentialFor(api);
		const poll = async (name: string) => {
			const context = new PollContext(
				workflow,
				workflow.getNode(name) as INode,
				additionalDataFor(credential),
				'trigger',
				'init',
			);
			const output = await type.poll.call(context);
			return (output ?? []).flat().map(({ json }) => json.cursor);
		};
		const both = async () => await Promise.all([poll('First'), poll('Second')]);
		expect(await both()).toEqual([[], []]);
		for (let round = 0; round < 2; round++) {
			moveClock(60_000);
			const timestamp = new Date(Date.now() - 1000).toISOString();
			const cursors = api.append({ timestamp }).map(({ cursor }) => cursor);
			expect(await both()).toEqual([cursors, cursors]);
		}
		expect(await both()).toEqual([[], []]);
	});
});
