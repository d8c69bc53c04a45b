/* eslint-disable @n8n/community-nodes/require-node-api-error -- stands for n8n, which passes on what a poll throws */
import type { IDataObject } from 'n8n-workflow';

/** A workflow with the trigger, as one n8n process has loaded it. */
export interface LoadedTrigger {
	/** The items of one poll; none for null. */
	poll(budgetMs: number): Promise<IDataObject[]>;
	/** A copy of everything that n8n would save of the workflow. */
	staticData(): IDataObject;
	/** What the trigger remembers. */
	state(): IDataObject | undefined;
}

export type LoadTrigger = (saved: IDataObject) => LoadedTrigger;

/** What both of n8n's polling engines have in common. */
export interface PollingEngine {
	/** @throws what the poll throws */
	poll(): Promise<IDataObject[]>;
	/** A poll after which n8n dies before anything is written down, then n8n starts again. */
	pollAndDie(): Promise<IDataObject[]>;
	/** n8n stops and starts again. */
	restart(): void;
	/** What the next poll will find. */
	readonly state: IDataObject | undefined;
}

/**
 * The engine that n8n uses unless told otherwise. The state lives in the loaded workflow, which keeps
 * it over a poll that throws. It is saved with items, and once after the first poll that n8n makes
 * after it has started; when that poll throws, the activation fails and is begun again.
 */
export class DefaultEngine implements PollingEngine {
	private loaded: LoadedTrigger;

	private saved: IDataObject = {};

	private isActive = false;

	constructor(private readonly load: LoadTrigger) {
		this.loaded = load(this.saved);
	}

	async poll(): Promise<IDataObject[]> {
		const isActivation = !this.isActive;
		try {
			const items = await this.loaded.poll(300_000);
			this.isActive = true;
			if (items.length > 0 || isActivation) this.saved = this.loaded.staticData();
			return items;
		} catch (error) {
			if (isActivation) this.restart();
			throw error;
		}
	}

	async pollAndDie(): Promise<IDataObject[]> {
		try {
			return await this.loaded.poll(300_000);
		} finally {
			this.restart();
		}
	}

	restart(): void {
		this.loaded = this.load(this.saved);
		this.isActive = false;
	}

	get state(): IDataObject | undefined {
		return this.loaded.state();
	}
}

/**
 * The engine with durable cursors. Each poll gets a copy of the state, which is committed together
 * with the execution that the poll starts, or alone where it starts none. A poll that throws commits
 * nothing, nor does one that another poll has overtaken: then its items are not given either.
 */
export class DurableEngine implements PollingEngine {
	private committed: IDataObject = {};

	private commits = 0;

	constructor(private readonly load: LoadTrigger) {}

	async poll(): Promise<IDataObject[]> {
		const { commits } = this;
		const loaded = this.load(this.committed);
		const items = await loaded.poll(36_000);
		const after = loaded.staticData();
		const isChanged = JSON.stringify(after) !== JSON.stringify(this.committed);
		if (!isChanged && items.length === 0) return [];
		if (commits !== this.commits) return [];
		this.committed = after;
		this.commits++;
		return items;
	}

	async pollAndDie(): Promise<IDataObject[]> {
		return await this.load(this.committed).poll(36_000);
	}

	restart(): void {
		// Nothing is held in memory.
	}

	get state(): IDataObject | undefined {
		return this.load(this.committed).state();
	}
}

export const ENGINES = { default: DefaultEngine, durable: DurableEngine } as const;

export type EngineName = keyof typeof ENGINES;
