import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { findFreePort, findTool } from '../n8n';
import { type Service, startService } from '../n8n/service';

export interface SftpServer extends Service {
	/** The folder in which a login starts. */
	home: string;
	/** The fields of n8n's SFTP credential. */
	credential: IDataObject;
}

/** Starts OpenSSH's server in `folder`, which accepts the current user with a new key, for SFTP only. */
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
	return {
		...service,
		home,
		credential: {
			host: '127.0.0.1',
			port,
			username: userInfo().username,
			privateKey: await readFile(file('userKey'), 'utf8'),
		},
	};
}
