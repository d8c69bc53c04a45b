import type { IDataObject } from 'n8n-workflow';

/** Something that a workflow sent, as the page of the demo shows it. */
export interface Arrival {
	/** When it arrived, ISO 8601 in UTC. */
	at: string;
	/** Whose place the receiver takes, such as Slack or Splunk. */
	receiver: string;
	/** Where in there: a channel, a recipient, an index, a path. */
	to: string;
	/** One line that says what it is. */
	title: string;
	/** The message, or the start of what was sent. Text from events: whoever shows it has to escape it. */
	text: string;
	/** Set if `text` is formatted as a Slack message. */
	format?: 'mrkdwn';
	/** The HTML of an email. */
	html?: string;
	/** Files that came with it. */
	files?: ArrivedFile[];
	/** Links that the message offers as buttons. */
	buttons?: Array<{ text: string; url: string }>;
}

export interface ArrivedFile {
	name: string;
	content: Buffer;
}

/** A credential of n8n that leads to a local receiver. */
export interface ReceiverCredential {
	/** n8n's credential type, such as `smtp`. */
	type: string;
	/** The name that the nodes of the examples use, such as `Splunk HEC`. */
	name: string;
	data: IDataObject;
}

/** A server on this machine that takes the place of a service to which the example workflows send something. */
export interface LocalReceiver {
	/** Whose place it takes, such as Slack or Splunk. */
	name: string;
	/** What it accepted so far, in order. */
	arrivals: Arrival[];
	/** What it refused because it is not as the service documents it, with the reason. */
	refused: string[];
	/** While true, every request fails as in an outage. */
	isDown: boolean;
	/** What n8n needs to reach it. */
	credentials: ReceiverCredential[];
	/** Values for the node "Settings" of the example workflows, by name: its URL and the like. */
	settings: Record<string, string>;
	/** Added to n8n's environment. */
	env?: Record<string, string>;
	stop(): Promise<void>;
}
