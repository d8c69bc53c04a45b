import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startLocalElastic } from '../receivers/elastic';
import { startMailServer } from '../receivers/mail';
import { startLocalModel } from '../receivers/model';
import { startS3 } from '../receivers/s3';
import { startLocalSentinel } from '../receivers/sentinel';
import { startSftpInNode } from '../receivers/sftpInNode';
import { startLocalSlack } from '../receivers/slack';
import { startLocalSplunk } from '../receivers/splunk';
import type { LocalReceiver } from '../receivers/types';

/**
 * Starts a receiver for each service to which the example workflows send something. They need nothing but npm.
 *
 * @param folder contains the uploaded files, which outlive a run, as the workflows' Data Tables do
 */
export async function startReceivers(folder: string): Promise<LocalReceiver[]> {
	await mkdir(folder, { recursive: true });
	return await Promise.all<LocalReceiver>([
		startLocalSlack(folder),
		startMailServer(),
		startSftpInNode(path.join(folder, 'sftp')),
		startS3(path.join(folder, 's3')),
		startLocalSplunk(),
		startLocalElastic(),
		startLocalSentinel(),
		startLocalModel(),
	]);
}
