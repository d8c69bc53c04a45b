import { generateKeyPairSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { type AuthContext, type Connection, Server } from 'ssh2';
import { type SftpServer, sftpReceiver } from './sftp';
import { serveFiles } from './sftpFiles';

const LOGIN = { username: 'n8n', password: 'only-for-the-demo' };

/**
 * An SFTP server that needs only npm, for the demo. The tests use the one of OpenSSH, which is what people have.
 *
 * @param home the folder in which a login starts; files of an earlier start are kept
 */
export async function startSftpInNode(home: string): Promise<SftpServer> {
	await mkdir(home, { recursive: true });
	// ssh2 can make keys as well, but now and then it cannot read the ones that it has made.
	const { privateKey: hostKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
		publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
	});
	const connections = new Set<Connection>();
	const server = new Server({ hostKeys: [hostKey] }, (client) => {
		connections.add(client);
		client.on('close', () => connections.delete(client));
		// A client that breaks its connection off is no reason to end.
		client.on('error', () => undefined);
		if (sftp.isDown) {
			client.end();
			return;
		}
		client.on('authentication', (context) => {
			if (isLogin(context)) context.accept();
			else context.reject(['password']);
		});
		client.on('session', (acceptSession) => {
			acceptSession().on('sftp', (accept) => serveFiles(accept(), home));
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	const credential = { host: '127.0.0.1', port, ...LOGIN };
	const sftp = sftpReceiver(home, credential, async () => {
		const closed = new Promise<void>((resolve) => {
			server.close(() => resolve());
		});
		connections.forEach((client) => client.end());
		await closed;
	});
	return sftp;
}

function isLogin(context: AuthContext): boolean {
	const { username, password } = LOGIN;
	return (
		context.method === 'password' && context.username === username && context.password === password
	);
}
