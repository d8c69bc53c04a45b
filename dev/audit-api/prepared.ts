import { asListed } from './events';
import { present } from '../../test/support/present';
import type { AuditEvent } from './types';

interface Body {
	data: AuditEvent[];
	[name: string]: unknown;
}

/**
 * The JSON of all events, created before the first request: the events of a page are adjacent in it, so a
 * response costs little more than its bytes. Of events that are appended later, each is written once.
 */
export class PreparedEvents {
	private readonly json: Buffer;
	/** Where each event begins. */
	private readonly starts: number[] = [];
	private readonly indexes = new Map<string, number>();
	/** The JSON of events that were appended since. */
	private readonly appended = new WeakMap<AuditEvent, string>();

	/** @param events newest first, as a query without conditions returns them */
	constructor(events: readonly AuditEvent[]) {
		let size = 0;
		const pieces = events.map((event, index) => {
			const piece = Buffer.from(`${JSON.stringify(asListed(event))},`);
			this.starts.push(size);
			this.indexes.set(event.cursor, index);
			size += piece.length;
			return piece;
		});
		this.starts.push(size);
		this.json = Buffer.concat(pieces, size);
	}

	/** The same text as `JSON.stringify`. */
	toJson({ data, ...rest }: Body): Buffer | string {
		const first = this.indexes.get(data[0]?.cursor ?? '') ?? 0;
		const last = this.indexes.get(data[data.length - 1]?.cursor ?? '') ?? -1;
		const isAdjacent =
			last - first + 1 === data.length && data.every(({ cursor }) => this.indexes.has(cursor));
		if (!isAdjacent) {
			const events = data.map((event) => this.jsonOf(event)).join();
			return `{"data":[${events}],${JSON.stringify(rest).slice(1)}`;
		}
		const start = present(this.starts[first]);
		const events = this.json.subarray(start, Math.max(start, present(this.starts[last + 1]) - 1));
		const end = `],${JSON.stringify(rest).slice(1)}`;
		return Buffer.concat([Buffer.from('{"data":['), events, Buffer.from(end)]);
	}

	private jsonOf(event: AuditEvent): string {
		let json = this.appended.get(event);
		if (json === undefined) this.appended.set(event, (json = JSON.stringify(event)));
		return json;
	}
}
