import type { IDataObject } from 'n8n-workflow';
import { formatTimestamp } from '../../../shared/model/instant';
import type { Digest, Group } from '../../digest/digest';
import { digestHtml } from '../../digest/digestHtml';
import { digestSlack } from '../../digest/digestSlack';
import { digestText } from '../../digest/digestText';
import { type DigestContext, viewDigest } from '../../digest/digestView';

/** The forms of a digest that people read. */
export const FORMS = ['text', 'slack', 'html'] as const;

export type Form = (typeof FORMS)[number];

const RENDERERS = { text: digestText, slack: digestSlack, html: digestHtml };

/**
 * The JSON of the item. If some groups are not listed, the last entry of `groups` combines them:
 * `{ other: true, groups, count, firstAt, lastAt }`. So the counts always add up to `total`.
 */
export function summaryOf(
	digest: Digest,
	context: DigestContext,
	{ forms }: { forms: readonly Form[] },
): IDataObject {
	const { total, groups, other, previous } = digest;
	const { from, to, previousFrom, previousTo } = rangesOf(context);
	const view = viewDigest(digest, context);
	return {
		from,
		to,
		total,
		...(previous && {
			previousFrom,
			previousTo,
			previousTotal: previous.previousCount,
			change: previous.change,
			changePercent: previous.changePercent,
		}),
		groups: [
			...groups.map((group) => groupJson(group, context)),
			...(other ? [otherJson(other)] : []),
		],
		...(view.note !== undefined && { note: view.note }),
		...Object.fromEntries(forms.map((form) => [form, RENDERERS[form](view)])),
	};
}

/** The JSON of one item for each group that is listed. */
export function groupItems({ groups }: Digest, context: DigestContext): IDataObject[] {
	const ranges = rangesOf(context);
	return groups.map((group) => ({ ...groupJson(group, context), ...ranges }));
}

function rangesOf({ window, previousWindow }: DigestContext) {
	return {
		from: formatTimestamp(window.from),
		to: formatTimestamp(window.to),
		...(previousWindow && {
			previousFrom: formatTimestamp(previousWindow.from),
			previousTo: formatTimestamp(previousWindow.to),
		}),
	};
}

function groupJson(group: Group, { columns }: DigestContext): IDataObject {
	const { values, comparison, ...totals } = group;
	const keys = columns.map(({ key }, index) => [key, values[index]] as const);
	return { ...Object.fromEntries(keys), ...totals, ...comparison };
}

function otherJson({ comparison, ...totals }: NonNullable<Digest['other']>): IDataObject {
	return { other: true, ...totals, ...comparison };
}
