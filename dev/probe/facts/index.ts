import { OPERATORS } from '../../../nodes/shared/model/conditions';
import type { Evidence } from '../evidence';
import { CannotTell, type Checks, couldNotTell } from '../fact';
import type { CheckedFact } from '../report';
import { conditionChecks } from './conditions';
import { errorChecks } from './errors';
import { eventChecks, QUERYABLE_FIELDS } from './events';
import { operationChecks } from './operations';
import { pagingChecks } from './paging';
import { rangeChecks } from './range';

/** By the ID of the fact. */
const CHECKS: Checks = {
	...operationChecks,
	...pagingChecks,
	...rangeChecks,
	...eventChecks,
	...conditionChecks,
	...errorChecks,
};

/**
 * Each fact with its ID, the heading or row of docs/api.md that says what relies on it, and what is assumed; in
 * the order in which they are checked, in groups.
 */
const LIST = `
Authentication
token-form            authentication      The client ID and secret are taken in the form of the token request
token-basic           authentication      The client ID and secret are taken in a Basic header too
token-lifetime        authentication      A token comes with its lifetime: 1 to 3600 s
account-parameters    account-parameters  The Audit API needs no account parameters, and takes them where they are sent
Operations
query-path            query-path          Query is POST /audit/query
metadata-path         operations          Fetch metadata is GET /audit/query/metadata
metadata-targets      metadata-targets    A target is an object with a name and services, these with a name and event types
properties-path       properties-path     Fetch properties for event is GET /audit/query/properties
properties-shape      properties-shape    A property is a name, or an object with a name
item-path             operations          Retrieve audit log item is GET /audit/query/cursor/{cursor}
item-same-event       cursor-opaque       A percent-encoded cursor gives the event that was listed with it
Pages
limit                 query               A page holds as many events as limit allows, and not more
next-url              next-url            next is an absolute URL
next-origin           next                next leads to the origin that was asked
next-account          next-account        next leaves the account parameters out, or repeats them
next-body             next-body           next is followed with the same method and the same body
next-needs-body       next-body           The cursor is not the whole query: the body has to come again
order                 order               Events come newest first
Range
from-inclusive        from-inclusive      from is inclusive
to-exclusive          range               to is exclusive
range-60-days         range-60-days       from and to may be more than 60 days apart
timestamp-digits      timestamp-digits    Timestamps are in UTC, with up to seven fractional digits
date-header           date-header         Answers carry a Date header, the clock of Signicat
Events
event-required        audit-log-optional  Every event has a cursor and a timestamp; any other field can be missing or null
event-fields          audit-log-optional  An event has the documented fields and no others
event-types           audit-log-optional  The documented fields have the documented types
cursor-unique         cursor-identity     No two events have the same cursor
cursor-stable         cursor-identity     An event has the same cursor each time it is listed
may-have-more-data    may-have-more-data  mayHaveMoreData: the listed event is truncated, the item is whole
Conditions
${OPERATORS.map((name) => `operator-${name}  operator-names  There is an operator ${name}`).join('\n')}
${QUERYABLE_FIELDS.map((name) => `field-${name}  field-names  Conditions can name ${name}`).join('\n')}
field-property        field-names         Conditions can name a property by its key in indexedData
value-boolean         condition-value     A value can be a boolean
value-number          condition-value     A value can be a number
value-null            condition-value     A value can be null
Errors
limit-maximum         invalid-request     A limit over 1000 is refused with 400
unknown-field         invalid-request     A condition with an unknown field is refused with 400
unknown-operator      invalid-request     A condition with an unknown operator is refused with 400
invalid-params        invalid-request     A refusal says what is wrong in invalidParams: a list of { name, reason }
problem               errors              An error has a title, a detail and a code
trace-id              invalid-request     A refusal has a traceId
problem-type          problem-type        An error comes as application/problem+json or as application/json
unknown-cursor        unknown-cursor      Retrieving an unknown cursor gets 404
rate-limit            too-many-requests   Too many requests give 429, perhaps with Retry-After
`;

/** Checks one fact after the other. What cannot be seen of one does not keep the others from being checked. */
export async function checkFacts(evidence: Evidence): Promise<CheckedFact[]> {
	const checked: CheckedFact[] = [];
	let group = '';
	for (const line of LIST.trim().split('\n')) {
		const [id = '', anchor = '', states] = line.split(/ {2,}/);
		if (!states) {
			group = line;
			continue;
		}
		const check = CHECKS[id];
		if (!check) throw new Error(`Nothing checks ${id}`);
		const outcome = await check(evidence).catch((error: unknown) => {
			if (error instanceof CannotTell) return couldNotTell(error.message);
			throw error;
		});
		checked.push({ group, id, anchor, states, ...outcome });
	}
	return checked;
}
