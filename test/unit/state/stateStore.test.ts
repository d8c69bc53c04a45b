import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { startAt } from '../../../nodes/SignicatAuditTrigger/state/pollState';
import { openStore } from '../../../nodes/SignicatAuditTrigger/state/stateStore';
import { serializeState } from '../../../nodes/SignicatAuditTrigger/state/storedState';

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const FIRST = serializeState(startAt(1n, 'first'));
const NEXT = serializeState(startAt(2n, 'next'));
const KEY = 'signicatAuditTrigger node-1 Trigger';

let now: number;

beforeEach(() => {
	now = NOW_MS;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
	jest.restoreAllMocks();
});

let count = 0;

/** The static data of a workflow, as n8n holds it for a node. */
class StaticData {
	readonly global: IDataObject = {};

	deletions = 0;

	/** Unique, because the store remembers across all workflows. */
	private readonly name = `node ${count++}`;

	constructor(readonly node: IDataObject = {}) {}

	open() {
		// n8n stores the data of a workflow whenever anything is deleted from it.
		const global = new Proxy(this.global, {
			deleteProperty: (target, key) => {
				this.deletions++;
				return Reflect.deleteProperty(target, key);
			},
		});
		const context: Partial<Record<keyof IPollFunctions, unknown>> = {
			getNode: () => ({ id: 'node-1', name: 'Trigger' }),
			getWorkflowStaticData: (type: string) => ({ node: this.node, global })[type],
		};
		return openStore(context as unknown as IPollFunctions, this.name);
	}
}

describe('the store of the state', () => {
	test('holds nothing at the first activation', () => {
		const store = new StaticData().open();
		expect(store.stored).toBeUndefined();
		expect(store.isStale).toBe(false);
	});

	test('keeps a first state without events for the workflow too, until the node has one', () => {
		const data = new StaticData();
		data.open().replace(FIRST, false);
		expect(data.node).toEqual({ state: FIRST });
		expect(data.global).toEqual({ [KEY]: FIRST });

		// n8n has stored nothing of the node.
		delete data.node.state;
		expect(data.open().stored).toEqual(FIRST);

		data.open().replace(NEXT, false);
		expect(data.global).toEqual({ [KEY]: NEXT });
		data.open().replace(FIRST, false);
		expect(data.node).toEqual({ state: FIRST });
		expect(data.global).toEqual({});
		expect(data.deletions).toBe(1);
		data.open().replace(NEXT, false);
		expect(data.deletions).toBe(1);
	});

	test('leaves the data of the workflow as it was when a poll starts an execution', () => {
		const data = new StaticData();
		data.open().replace(FIRST, true);
		expect(data.node).toEqual({ state: FIRST });
		expect(data.global).toEqual({});
	});

	test('is stale for 20 seconds after a poll with events, while n8n still has the state of before', () => {
		const data = new StaticData({ state: FIRST });
		const isStaleAt = (at: number) => {
			now = NOW_MS + at;
			return data.open().isStale;
		};
		data.open().replace(NEXT, true);
		expect(isStaleAt(0)).toBe(false);
		data.node.state = FIRST;
		expect([0, 19_999, 20_000].map(isStaleAt)).toEqual([true, true, false]);
		// The clock was set back: nobody knows how long ago that was.
		expect(isStaleAt(-1)).toBe(false);
		expect(new StaticData({ state: FIRST }).open().isStale).toBe(false);
	});

	test('is not stale after a poll without events', () => {
		const data = new StaticData({ state: FIRST });
		data.open().replace(NEXT, false);
		data.node.state = FIRST;
		expect(data.open().isStale).toBe(false);
	});

	test('is stale too where the first poll had events, and n8n has stored nothing yet', () => {
		const data = new StaticData();
		data.open().replace(FIRST, true);
		delete data.node.state;
		expect(data.open().isStale).toBe(true);
	});
});
