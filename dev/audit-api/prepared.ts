import { asListed } from './events';
import { present } from '../../test/support/present';
import type { AuditEvent } from './types';

interface Body {
	data: AuditEvent[];
	[name: string]: unknown;
}

/**
 * The JSON of all events, created before the first request: the events of a page are adjacent in it, so a
 * response costs little more than its bytes.
 */
export class PreparedEvents {
	private readonly json: Buffer;
	/** Where each event begins. */
	private readonly starts: number[] = [];
	private readonly indexes = new Map<string, number>();

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

	/** The same bytes as `JSON.stringify`; undefined for events that are not adjacent. */
	toJson({ data, ...rest }: Body): Buffer | undefined {
		const first = this.indexes.get(data[0]?.cursor ?? '') ?? 0;
		const last = this.indexes.get(data[data.length - 1]?.cursor ?? '') ?? -1;
		if (last - first + 1 !== data.length) return undefined;
		const start = present(this.starts[first]);
		const events = this.json.subarray(start, Math.max(start, present(this.starts[last + 1]) - 1));
		const end = `],${JSON.stringify(rest).slice(1)}`;
		return Buffer.concat([Buffer.from('{"data":['), events, Buffer.from(end)]);
	}
}
