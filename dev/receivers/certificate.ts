import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generate } from 'selfsigned';

const LIFETIME_MS = 7 * 86_400_000;

export interface Certificate {
	key: string;
	cert: string;
	/** The certificate as a file, for `NODE_EXTRA_CA_CERTS`. */
	certFile: string;
}

/** A new certificate for a domain, stored in `folder`, which only a program that is told to trust it accepts. */
export async function makeCertificate(domain: string, folder: string): Promise<Certificate> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: domain }], {
		algorithm: 'sha256',
		notAfterDate: new Date(Date.now() + LIFETIME_MS),
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'subjectAltName', altNames: [{ type: 2, value: domain }] },
		],
	});
	const certFile = path.join(folder, `${domain}.pem`);
	await writeFile(certFile, cert);
	return { key, cert, certFile };
}
