import { formatNumber } from './change';
import type { Digest } from './digest';

/** Says that small groups are not listed. */
export function minimumNote(
	{ belowMinimum, previous }: Digest,
	minimumCount: number,
): string | undefined {
	if (belowMinimum === 0) return undefined;
	const groups = belowMinimum === 1 ? '1 group is' : `${formatNumber(belowMinimum)} groups are`;
	const where = previous ? ' in each of the two periods' : '';
	return `${groups} not listed: fewer than ${formatNumber(minimumCount)} events${where}.`;
}

/** Says that some groups could not be counted separately. */
export function truncationNote({ isTruncated, counted, previous }: Digest): string | undefined {
	if (!isTruncated && !previous?.isTruncated) return undefined;
	const advice = 'Group by fewer fields, choose a shorter period or add filters.';
	const unknown = 'Groups that may be among the others are not compared.';
	if (!isTruncated) {
		return `The previous period has more groups than can be counted separately. ${unknown} ${advice}`;
	}
	return `There are more than ${formatNumber(counted)} groups. Only the first ones read are counted separately, so a large group may be missing.${previous ? ` ${unknown}` : ''} ${advice}`;
}
