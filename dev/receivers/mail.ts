import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import type { IDataObject } from 'n8n-workflow';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
	/** The fields of n8n's SMTP credential. */
	credential: IDataObject;
	/** The messages received so far, in order. */
	messages: ParsedMail[];
	/** While true, every connection is refused as in an outage. */
	isDown: boolean;
	stop(): Promise<void>;
}

/** An SMTP server that accepts every message and keeps it, parsed. */
export async function startMailServer(): Promise<MailServer> {
	const messages: ParsedMail[] = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		onConnect(_session, callback) {
			if (!mail.isDown) return callback();
			callback(Object.assign(new Error('Service not available'), { responseCode: 421 }));
		},
		onData(stream, _session, callback) {
			simpleParser(stream).then(
				(message) => {
					messages.push(message);
					callback();
				},
				(error: Error) => callback(error),
			);
		},
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.server.address() as AddressInfo;
	const mail: MailServer = {
		credential: { host: '127.0.0.1', port, secure: false, disableStartTls: true },
		messages,
		isDown: false,
		stop: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
			}),
	};
	return mail;
}
