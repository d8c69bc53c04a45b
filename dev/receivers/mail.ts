import type { AddressInfo } from 'node:net';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import type { IDataObject } from 'n8n-workflow';
import { SMTPServer } from 'smtp-server';
import { arrivalNow } from './arrivals';
import type { Arrival, LocalReceiver } from './types';

export interface MailServer extends LocalReceiver {
	/** The fields of n8n's SMTP credential. */
	credential: IDataObject;
	/** The messages received so far, in order. */
	messages: ParsedMail[];
}

/** An SMTP server that accepts every message and keeps it, parsed. While it is down, it refuses each connection with 421. */
export async function startMailServer(): Promise<MailServer> {
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		onConnect(_session, callback) {
			if (!mail.isDown) return callback();
			const outage = new Error('Service not available, closing transmission channel');
			callback(Object.assign(outage, { responseCode: 421 }));
		},
		onData(stream, _session, callback) {
			simpleParser(stream).then(
				(message) => {
					mail.messages.push(message);
					mail.arrivals.push(arrivalOf(message));
					callback();
				},
				(error: Error) => {
					mail.refused.push(error.message);
					callback(error);
				},
			);
		},
	});
	// A client that breaks its connection off is no reason to end.
	server.on('error', () => undefined);
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.server.address() as AddressInfo;
	const credential = { host: '127.0.0.1', port, secure: false, disableStartTls: true };
	const mail: MailServer = {
		name: 'Email',
		credential,
		messages: [],
		arrivals: [],
		refused: [],
		isDown: false,
		credentials: [{ type: 'smtp', name: 'SMTP', data: credential }],
		settings: {},
		stop: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
			}),
	};
	return mail;
}

function arrivalOf({ to, subject, text, html, attachments }: ParsedMail): Arrival {
	const recipients = [to ?? []].flat().map((address: AddressObject) => address.text);
	return arrivalNow({
		receiver: 'Email',
		to: recipients.join(', '),
		title: subject ?? '(no subject)',
		text: text ?? '',
		...(html !== false && { html }),
		files: attachments
			.filter(({ related }) => !related)
			.map(({ filename, content }) => ({ name: filename ?? 'attachment', content })),
	});
}
