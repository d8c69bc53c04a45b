import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { type AuditApi, type AuditApiOptions, startAuditApi } from '../../../dev/audit-api';
import {
	installPackage,
	packOnce,
	type RunningN8n,
	startN8n,
	startWorker,
	type StoredCredential,
} from '../../../dev/n8n';
import { CREDENTIAL_TYPE } from './workflows';

interface Stoppable {
	stop(): Promise<void>;
}

export interface InstanceOptions {
	/** The folder of the instance within the folder of the tests, `n8n` by default. */
	name?: string;
	/** The version of n8n; the pinned one by default. */
	version?: string;
	/** Added to n8n's environment. */
	env?: Record<string, string>;
}

/** What the tests of one file run on: a temporary folder, the packed package, and what was started. */
export class TestBed {
	private readonly apis: AuditApi[] = [];

	/** Instances of n8n, which stop before the services that they use. */
	private readonly instances: Stoppable[] = [];

	private readonly services: Stoppable[] = [];

	private constructor(
		readonly folder: string,
		/** The packed package. */
		readonly tarball: string,
	) {}

	/** @param name a part of the folder's name */
	static async open(name: string): Promise<TestBed> {
		const folder = await mkdtemp(path.join(tmpdir(), `n8n-e2e-${name}-`));
		const tarball = await packOnce(folder);
		return new TestBed(folder, tarball);
	}

	async startApi(options: AuditApiOptions): Promise<AuditApi> {
		const api = await startAuditApi(options);
		this.apis.push(api);
		return api;
	}

	/** Starts an n8n that has the package installed, and signs its owner in. */
	async startN8n({ name, version, env }: InstanceOptions = {}): Promise<RunningN8n> {
		const userFolder = await this.install(name);
		const n8n = await startN8n({ userFolder, version, env });
		this.instances.push(n8n);
		return n8n;
	}

	/** Starts a worker of n8n's queue mode that has the package installed. */
	async startWorker({ name, env }: InstanceOptions): ReturnType<typeof startWorker> {
		const userFolder = await this.install(name);
		const worker = await startWorker({ userFolder, env });
		this.instances.push(worker);
		return worker;
	}

	/** @returns the user folder of an n8n that has the package installed */
	async install(name = 'n8n'): Promise<string> {
		const userFolder = path.join(this.folder, name);
		await installPackage(this.tarball, userFolder);
		return userFolder;
	}

	/** Stops a service with everything else. */
	use<Service extends Stoppable>(service: Service): Service {
		this.services.push(service);
		return service;
	}

	/** Stops everything, removes the folder, and expects every response of the APIs to be as described. */
	async close(): Promise<void> {
		await Promise.all(this.instances.map(async (instance) => await instance.stop()));
		const others = [...this.services, ...this.apis];
		await Promise.all(others.map(async (service) => await service.stop()));
		// A task runner may still write for a moment after its n8n was killed.
		await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
		expect(this.apis.flatMap(({ violations }) => violations)).toEqual([]);
	}
}

/** The fields of a credential for a local Audit API. */
export function credentialFields({ clientId, clientSecret, baseUrl }: AuditApi): IDataObject {
	return { clientId, clientSecret, baseUrl };
}

export async function createCredential(
	n8n: RunningN8n,
	api: AuditApi,
	name?: string,
): Promise<StoredCredential> {
	return await n8n.createCredential(CREDENTIAL_TYPE, credentialFields(api), name);
}
