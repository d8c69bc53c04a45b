import type { Window } from '../../../shared/model/window';
import { digestOf } from '../../digest/digest';
import { EventCounter } from '../../digest/eventCounter';
import { truncationNote } from '../../digest/notes';
import { notifyOnce } from '../../notify';
import { rangeAndFilterProperties, readQuery } from '../../parameters/query';
import type { Operation } from '../operation';
import { readWithProgress } from '../readWithProgress';
import { groupItems, summaryOf } from './summaryJson';
import { summaryProperties } from './summaryProperties';
import { readSummarySettings } from './summarySettings';

/** Event: Summarize – counts of the events of a range by group. */
export const eventSummarize: Operation = {
	resource: 'event',
	option: {
		name: 'Summarize',
		value: 'summarize',
		description: 'Count events, grouped by the fields you choose',
		action: 'Summarize events',
	},
	properties: [...rangeAndFilterProperties, ...summaryProperties],

	prepare(context, itemIndex) {
		const query = readQuery(context, itemIndex);
		const { digestContext, topN, emit, forms } = readSummarySettings(context, itemIndex, {
			window: query.window,
		});
		const { previousWindow, minimumCount } = digestContext;

		return async (client) => {
			const count = async (window: Window): Promise<EventCounter> => {
				const counter = new EventCounter(digestContext);
				const pages = readWithProgress(context, client, {
					...query,
					window,
					// A count does not depend on the order; this is the one in which the API sends events.
					order: 'newestFirst',
					buffering: { pages: 2 * query.maxConcurrency },
				});
				for await (const events of pages) for (const event of events) counter.add(event);
				return counter;
			};
			const counter = await count(query.window);
			const previous = previousWindow && (await count(previousWindow));
			const digest = digestOf(counter, { topN, minimumCount, previous });
			if (emit === 'oneItem') return [{ json: summaryOf(digest, digestContext, { forms }) }];
			const note = truncationNote(digest);
			if (note !== undefined) notifyOnce(context, note, { type: 'warning' });
			return groupItems(digest, digestContext).map((json) => ({ json }));
		};
	},
};
