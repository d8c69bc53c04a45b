import { type AuditApi, type RecordedRequest, startAuditApi } from '../../../dev/audit-api';
import { withStoppedTimers } from '../../trigger-model/stoppedTimers';
import { credentialFor, runAudit } from '../engine';
import { type Action, ACTIONS, EVENTS, PAGE_CAP, SPAN } from './actions';
import {
	affectedBy,
	compare,
	endRunaway,
	injectFaults,
	numberOf,
	problemsOf,
	strayRequests,
} from './check';
import { type FaultRow, type Found, type Place, PLACES, type Repeat, REPEATS } from './types';

/** How many more requests than without a fault one run may send, and how long it may take. */
const MAX_REQUESTS = 600;
const MAX_MS = 45 * 60_000;

interface Undisturbed {
	/** The results, and the requests for them. */
	read: string[];
	requests: RecordedRequest[];
}

/** The operations of the action node against one API, which all cases share. */
export class ActionCases {
	private readonly undisturbed = new Map<string, Undisturbed>();

	private constructor(readonly api: AuditApi) {}

	static async open(): Promise<ActionCases> {
		let api: AuditApi | undefined = undefined;
		api = await startAuditApi({
			eventCount: EVENTS,
			span: SPAN,
			behaviour: { pageCap: PAGE_CAP },
			now: () => endRunaway(api, 2 * MAX_REQUESTS),
			validateResponses: false,
		});
		return new ActionCases(api);
	}

	/** Every case of a row for one operation. */
	async run(action: Action, row: FaultRow): Promise<Found[]> {
		const { requests } = await this.without(action);
		const skipped = row.isOfNext ? 0 : action.skipped;
		const affected = requests.filter(affectedBy(row, action.on)).length - skipped;
		const found: Found[] = [];
		for (const [place, repeat] of casesOf(row)) {
			const number = place === 'everywhere' ? 0 : numberOf(place, affected);
			if (number === undefined) continue;
			found.push(await this.runOne(action, row, { place, repeat, skip: skipped + number }));
		}
		return found;
	}

	private async runOne(
		action: Action,
		row: FaultRow,
		{ place, repeat, skip }: { place: Found['place']; repeat: Repeat; skip: number },
	): Promise<Found> {
		const { api } = this;
		const base = await this.without(action);
		api.reset();
		const on = row.isOfNext ? 'nextPage' : action.on;
		injectFaults(api, row, { on, skip, repeat, tokens: 1 });
		const began = Date.now();
		const made = {
			operation: action.name,
			kind: 'action' as const,
			fault: row.name,
			place,
			repeat,
		};
		const problems: string[] = [];
		const count = () => {
			const requests = api.requests.length;
			if (requests > base.requests.length + MAX_REQUESTS) problems.push(`${requests} requests`);
			const virtualMs = Date.now() - began;
			if (virtualMs > MAX_MS) problems.push(`${virtualMs} ms`);
			return { requests, virtualMs };
		};
		const end = (outcome: Found['outcome'], message?: string): Found => {
			problems.push(...strayRequests(api));
			return { ...made, outcome, message, problems, ...count() };
		};
		try {
			const credential = credentialFor(api);
			const { parameters, items } = action;
			const result = await withStoppedTimers(
				api,
				async () => await runAudit(credential, { parameters, items: items(api) }),
			);
			if (result.error) {
				const isOfAll = place === 'everywhere';
				const index = isOfAll
					? result.error.context.itemIndex
					: row.isOfNext
						? 1
						: action.itemOf(skip);
				problems.push(...problemsOf(result.error, index as number));
				if (result.items.length > 0) problems.push('there are items in addition to the error');
				return end('error', result.error.message);
			}
			const { outcome, problems: differences } = compare(action.read(result), base.read);
			problems.push(...differences);
			return end(outcome);
		} catch (error) {
			problems.push(String(error));
			return end('error', String(error));
		}
	}

	private async without(action: Action): Promise<Undisturbed> {
		const known = this.undisturbed.get(action.name);
		if (known) return known;
		const { api } = this;
		api.reset();
		const { parameters, items } = action;
		const result = await runAudit(credentialFor(api), { parameters, items: items(api) });
		if (result.error) throw result.error;
		const found = { read: action.read(result), requests: [...api.requests] };
		this.undisturbed.set(action.name, found);
		return found;
	}
}

export function casesOf(row: FaultRow): Array<[Place | 'everywhere', Repeat]> {
	if (!row.fault && !row.tokenFault) return [['everywhere', 'forever']];
	const places = row.places ?? PLACES;
	const repeats = Object.keys(REPEATS) as Repeat[];
	return places.flatMap((place) => repeats.map((repeat): [Place, Repeat] => [place, repeat]));
}

export function appliesTo(
	{ only, notFor }: FaultRow,
	{ name, on }: Pick<Action, 'name' | 'on'>,
): boolean {
	return (!only || only.includes(on)) && name !== notFor;
}

export { ACTIONS };
