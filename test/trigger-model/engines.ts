import type { IDataObject } from 'n8n-workflow';
import type { EngineName } from '../support/pollingEngines';

/** Where n8n keeps what the node with the name Trigger has stored, in the data of a workflow. */
export const NODE_KEY = 'node:Trigger';

/** What the trigger remembers, in the data of a workflow: the node's, or the workflow's before that. */
export function stateIn(data: IDataObject): IDataObject | undefined {
	const { [NODE_KEY]: own, global } = data as Record<string, IDataObject | undefined>;
	return (own?.state ?? Object.values(global ?? {})[0]) as IDataObject | undefined;
}

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
	/** A poll that begins before n8n has written down what the one before gave. */
	pollTwice(): Promise<IDataObject[]>;
	/** A poll after which n8n dies before anything is written down, then n8n starts again. */
	pollAndDie(): Promise<IDataObject[]>;
	/** n8n stops and starts again. */
	restart(): void;
	/** What the next poll will find. */
	readonly state: IDataObject | undefined;
	/** Puts something else in the place of the state, as a database that was restored or edited does. */
	alter(change: (state: IDataObject) => IDataObject): void;
}

/** A copy of the data of a workflow in which the trigger's state was changed, wherever it lies. */
function altered(data: IDataObject, change: (state: IDataObject) => IDataObject): IDataObject {
	const copy = structuredClone(data) as Record<string, Record<string, IDataObject> | undefined>;
	const { [NODE_KEY]: own, global } = copy;
	if (own?.state) own.state = change(own.state);
	for (const [key, state] of Object.entries(global ?? {})) if (global) global[key] = change(state);
	return copy as IDataObject;
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

	/** It writes down at once what the next poll needs: that is a poll like any other. */
	async pollTwice(): Promise<IDataObject[]> {
		return await this.poll();
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

	alter(change: (state: IDataObject) => IDataObject): void {
		// What n8n saved before stays: a restart finds that again.
		this.loaded = this.load(altered(this.loaded.staticData(), change));
	}
}

/**
 * The engine with durable cursors. Each poll gets a copy of the node's state, which is committed
 * together with the execution that the poll starts, or alone where it starts none. The poll of an
 * activation that starts none commits nothing, but n8n saves the rest of the workflow's data then.
 * A poll that throws commits nothing.
 */
export class DurableEngine implements PollingEngine {
	/** The workflow's data, without the node's. */
	private saved: IDataObject = {};

	private committed: IDataObject = {};

	private isActive = false;

	constructor(private readonly load: LoadTrigger) {}

	async poll(): Promise<IDataObject[]> {
		const polled = await this.pollFrom(this.committed);
		return polled();
	}

	/** Gives the items when the poll is to be written down: n8n does so a moment after it. */
	private async pollFrom(committed: IDataObject): Promise<() => IDataObject[]> {
		const isActivation = !this.isActive;
		const loaded = this.loadWith(committed);
		const items = await loaded.poll(36_000);
		this.isActive = true;
		const { [NODE_KEY]: own = {}, ...rest } = loaded.staticData() as Record<string, IDataObject>;
		return () => {
			const isChanged = JSON.stringify(own) !== JSON.stringify(committed);
			if (items.length > 0 || (isChanged && !isActivation)) this.committed = own;
			if (items.length > 0 || isActivation) this.saved = rest;
			return items;
		};
	}

	async pollTwice(): Promise<IDataObject[]> {
		const { committed } = this;
		const first = await this.pollFrom(committed);
		try {
			const second = await this.pollFrom(committed);
			return [...first(), ...second()];
		} catch (error) {
			const items = first();
			if (items.length === 0) throw error;
			return items;
		}
	}

	async pollAndDie(): Promise<IDataObject[]> {
		try {
			return await this.loadWith(this.committed).poll(36_000);
		} finally {
			this.restart();
		}
	}

	restart(): void {
		this.isActive = false;
	}

	get state(): IDataObject | undefined {
		return this.loadWith(this.committed).state();
	}

	alter(change: (state: IDataObject) => IDataObject): void {
		const data = altered({ ...this.saved, [NODE_KEY]: this.committed }, change);
		const { [NODE_KEY]: own = {}, ...rest } = data as Record<string, IDataObject>;
		this.committed = own;
		this.saved = rest;
	}

	private loadWith(committed: IDataObject): LoadedTrigger {
		return this.load({ ...this.saved, [NODE_KEY]: committed });
	}
}

export const ENGINES = { default: DefaultEngine, durable: DurableEngine } satisfies Record<
	EngineName,
	unknown
>;
