/** What someone who tries an example workflow in the demo has to do, and what then arrives. */
export interface Instruction {
	click: string;
	appears: string;
	/** The names of the receivers at which something arrives after the click. */
	receivers: string[];
}

const EXECUTE = 'Select Execute workflow.';
const instructions: Record<string, Instruction> = {
	'alert-on-failed-sign-ins': {
		click: EXECUTE,
		appears:
			'A Slack message about the address with 20 failed sign-ins or more in 15 minutes, once per address and hour.',
		receivers: ['Slack'],
	},
	'alert-on-new-address': {
		click: EXECUTE,
		appears:
			'A Slack message and an email about the newest sign-in, with the user’s other addresses.',
		receivers: ['Slack', 'Email'],
	},
	'alert-on-new-event-type': {
		click: `${EXECUTE} Then answer the question that arrives.`,
		appears:
			'A question in Slack about the type of the newest event. The answer “Not expected” sends an email.',
		receivers: ['Slack'],
	},
	'alert-on-sensitive-actions': {
		click: EXECUTE,
		appears:
			'A Slack message with the newest secrets, roles and clients, and what belongs to them.',
		receivers: ['Slack'],
	},
	'alert-on-silence': {
		click: EXECUTE,
		appears:
			'A Slack message that an account without events for hours is silent. Only once: Slack then knows.',
		receivers: ['Slack'],
	},
	'ask-the-audit-log': {
		click: 'Select Open chat and ask anything, such as “What happened today?”',
		appears:
			'An answer in the chat, and here. Instead of a language model, a script counts the events of the last 24 hours.',
		receivers: ['OpenAI'],
	},
	'daily-slack-digest': {
		click: EXECUTE,
		appears: 'A Slack message with the counts of yesterday’s events.',
		receivers: ['Slack'],
	},
	'error-workflow': {
		click: EXECUTE,
		appears: 'A Slack message about a failure that n8n invents.',
		receivers: ['Slack'],
	},
	'events-of-one-user': {
		click: `${EXECUTE} In the window that opens, allow access, enter user-0042 and send the form.`,
		appears: 'An email with the user’s events as a CSV file.',
		receivers: ['Email'],
	},
	'forward-to-elastic': {
		click: EXECUTE,
		appears: 'Bulk requests to Elastic with the events of the last hours.',
		receivers: ['Elastic'],
	},
	'forward-to-sentinel': {
		click: EXECUTE,
		appears: 'A batch of the newest events for Microsoft Sentinel.',
		receivers: ['Microsoft Sentinel'],
	},
	'forward-to-splunk': {
		click: EXECUTE,
		appears: 'A batch of the newest events for Splunk.',
		receivers: ['Splunk'],
	},
	'nightly-archive-s3': {
		click: EXECUTE,
		appears:
			'A compressed file in the S3 bucket with yesterday’s events. A night is archived only once.',
		receivers: ['S3'],
	},
	'nightly-archive-sftp': {
		click: EXECUTE,
		appears:
			'A compressed file on the SFTP server with yesterday’s events. A night is archived only once.',
		receivers: ['SFTP'],
	},
	'weekly-email-report': {
		click: EXECUTE,
		appears: 'An email that compares last week with the week before, with a CSV file.',
		receivers: ['Email'],
	},
};

/** @param name the name of an example's folder */
export function instructionFor(name: string): Instruction {
	return (
		instructions[name] ?? { click: EXECUTE, appears: 'What the workflow sends.', receivers: [] }
	);
}

/** The examples that have an instruction. */
export const instructedExamples = Object.keys(instructions);
