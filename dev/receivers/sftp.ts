import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { findFreePort, findTool } from '../n8n';
import { startService } from '../n8n/service';
import { arrivalsIn } from './folderArrivals';
import { openGate } from './gate';
import type { LocalReceiver } from './types';

export interface SftpServer extends LocalReceiver {
	/** The folder in which a login starts. */
	home: string;
	/** The fields of n8n's SFTP credential. */
	credential: IDataObject;
}

/**
 * Starts OpenSSH's server in `folder`, which accepts the current user with a new key, for SFTP only. While it is down,
 * each new connection is cut off.
 */
export async function startSftpServer(folder: string): Promise<SftpServer> {
	const sshd = findTool('sshd');
	const file = (name: string) => path.join(folder, name);
	const home = file('home');
	await mkdir(home, { recursive: true });
	for (const key of ['hostKey', 'userKey']) {
		execFileSync(findTool('sshKeygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
	}
	await copyFile(file('userKey.pub'), file('authorizedKeys'));
	const port = await findFreePort();
	const settings = [
		`ListenAddress 127.0.0.1:${port}`,
		`HostKey ${file('hostKey')}`,
		`AuthorizedKeysFile ${file('authorizedKeys')}`,
		'PidFile none',
		'StrictModes no',
		'UsePAM no',
		'PermitRootLogin yes',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'Subsystem sftp internal-sftp',
		`ForceCommand internal-sftp -d ${home}`,
	];
	await writeFile(file('sshd_config'), `${settings.join('\n')}\n`);
	// The folder to which sshd confines itself before authentication; Debian's service would create it.
	if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
	const args = ['-D', '-e', '-f', file('sshd_config')];
	const service = await startService({ what: 'The OpenSSH server', file: sshd, args, port });
	const gate = await openGate(port, () => sftp.isDown);
	const credential = {
		host: '127.0.0.1',
		port: gate.port,
		username: userInfo().username,
		privateKey: await readFile(file('userKey'), 'utf8'),
	};
	const sftp = sftpReceiver(home, credential, async () => {
		await gate.close();
		await service.stop();
	});
	return sftp;
}

/** What both SFTP servers are to a workflow: the files in `home`, and a credential. */
export function sftpReceiver(
	home: string,
	credential: IDataObject,
	stop: () => Promise<void>,
): SftpServer {
	return {
		name: 'SFTP',
		home,
		credential,
		get arrivals() {
			return arrivalsIn(home, 'SFTP');
		},
		refused: [],
		isDown: false,
		credentials: [{ type: 'sftp', name: 'SFTP', data: credential }],
		settings: {},
		stop,
	};
}
