import type { INode, INodeParameters } from 'n8n-workflow';
import { auditNode, inSequence, nodeOf, triggerNode } from './workflows';

/** Five event types that a security team wants to hear about. */
export const SENSITIVE_TYPES = [
	'client_updated',
	'role_granted',
	'secret_created',
	'secret_removed',
	'user_invited',
];

const schedule = nodeOf('Schedule', 'n8n-nodes-base.scheduleTrigger', {
	typeVersion: 1.4,
	parameters: { rule: { interval: [{ field: 'days', triggerAtHour: 2 }] } },
});

const slack = (text: string) =>
	nodeOf('Slack', 'n8n-nodes-base.slack', {
		typeVersion: 2.7,
		parameters: {
			select: 'channel',
			channelId: { __rl: true, mode: 'name', value: '#audit' },
			text,
			otherOptions: {},
		},
		credentials: { slackApi: { id: '', name: '' } },
	});

const email = (parameters: INodeParameters) =>
	nodeOf('Email', 'n8n-nodes-base.emailSend', {
		typeVersion: 2.1,
		parameters: {
			fromEmail: 'n8n@example.com',
			toEmail: 'security@example.com',
			options: {},
			...parameters,
		},
		credentials: { smtp: { id: '', name: '' } },
	});

const post = (url: string, parameters: INodeParameters) =>
	nodeOf('HTTP Request', 'n8n-nodes-base.httpRequest', {
		typeVersion: 4.4,
		parameters: { method: 'POST', url, sendBody: true, options: {}, ...parameters },
	});

const everyMinute = { pollTimes: { item: [{ mode: 'everyMinute' }] } };

/** Each job of a workflow builder in the fewest nodes, without a Code node. */
export const jobs = {
	sensitiveActions: inSequence(
		'Sensitive actions in one Slack message per poll',
		triggerNode({
			...everyMinute,
			event: 'newEvent',
			filters: { eventType: SENSITIVE_TYPES },
			emit: 'oneItemPerPoll',
		}),
		slack(
			"={{ $json.events.map((it) => `${it.eventType} by ${it.userId}: ${it.indexedData.Result}`).join('\\n') }}",
		),
	),

	archive: inSequence(
		'Yesterday’s archive with its checksum on an SFTP server',
		schedule,
		auditNode('Export', { operation: 'export', period: 'yesterday', options: { gzip: true } }),
		nodeOf('SFTP', 'n8n-nodes-base.ftp', {
			typeVersion: 1.1,
			parameters: {
				protocol: 'sftp',
				operation: 'upload',
				path: '=audit-log/{{ $json.fileName }}',
				binaryPropertyName: 'data',
				options: {},
			},
			credentials: { sftp: { id: '', name: '' } },
		}),
	),

	splunk: (url: string) =>
		inSequence(
			'Splunk HEC in batches',
			triggerNode({ ...everyMinute, event: 'newEvent', output: 'raw', emit: 'oneItemPerPoll' }),
			post(`${url}/services/collector/event`, {
				contentType: 'raw',
				// With application/json, n8n would send text with several objects as one JSON string.
				rawContentType: 'text/plain',
				body: "={{ $json.events.map((it) => JSON.stringify({ event: it })).join('\\n') }}",
			}),
		),

	elastic: (url: string) =>
		inSequence(
			'Elasticsearch in bulk',
			schedule,
			auditNode('Export', {
				operation: 'export',
				period: 'yesterday',
				format: 'elasticsearchBulk',
			}),
			post(`${url}/signicat-audit/_bulk`, {
				sendHeaders: true,
				headerParameters: {
					parameters: [{ name: 'Content-Type', value: 'application/x-ndjson' }],
				},
				contentType: 'binaryData',
				inputDataFieldName: 'data',
			}),
		),

	failedSignIns: inSequence(
		'Too many failed sign-ins from one address',
		schedule,
		auditNode('Summarize', {
			operation: 'summarize',
			period: 'last',
			amount: 15,
			unit: 'minutes',
			conditions: { condition: [{ field: 'Result', operator: 'eq', value: 'failure' }] },
			groupBy: ['ipAddress'],
			emit: 'itemPerGroup',
			options: { minimumCount: 20 },
		}),
		slack('={{ $json.count }} failed sign-ins from {{ $json.ipAddress }}'),
	),

	weeklyReport: inSequence(
		'Last week against the week before by email',
		schedule,
		auditNode('Summarize', {
			operation: 'summarize',
			period: 'previousWeek',
			groupBy: ['serviceName', 'eventType'],
			options: { compareWith: 'previousPeriod' },
		}),
		email({
			subject: 'Audit log, last week',
			emailFormat: 'both',
			text: '={{ $json.text }}',
			html: '={{ $json.html }}',
		}),
	),

	newAddress: inSequence(
		'A user’s first sign-in from a new address',
		triggerNode({
			...everyMinute,
			event: 'newValue',
			fields: ['userId', 'ipAddress'],
			filters: { eventType: ['authn_response'] },
		}),
		slack('={{ $json.values.userId }} signed in from {{ $json.values.ipAddress }}'),
	),

	aboutOneUser: inSequence(
		'Everything about one user as CSV',
		nodeOf('Form', 'n8n-nodes-base.formTrigger', {
			typeVersion: 2.6,
			webhookId: 'about-one-user',
			parameters: {
				formTitle: 'Audit log of a user',
				formFields: { values: [{ fieldLabel: 'User ID', requiredField: true }] },
				options: {},
			},
		}),
		auditNode('Export', {
			operation: 'export',
			period: 'last30Days',
			filters: { userId: "={{ $json['User ID'] }}" },
			format: 'csv',
		}),
		email({
			subject: 'Audit log of a user',
			emailFormat: 'text',
			options: { attachments: 'data' },
		}),
	),

	sameTrace: inSequence(
		'Everything with the same trace ID',
		triggerNode({
			...everyMinute,
			event: 'newEvent',
			filters: { eventType: SENSITIVE_TYPES },
			output: 'selectedFields',
			outputFields: ['traceId', 'eventType'],
		}),
		auditNode('Get Many', {
			operation: 'getAll',
			returnAll: true,
			filters: { traceId: '={{ $json.traceId }}' },
		}),
	),
};

/** How many expressions stand in the parameters of some nodes. */
export function countExpressions(nodes: INode[]): number {
	return (JSON.stringify(nodes.map(({ parameters }) => parameters)).match(/":"=/g) ?? []).length;
}

export function isOurs({ type }: INode): boolean {
	return type.startsWith('n8n-nodes-signicat-audit.');
}
