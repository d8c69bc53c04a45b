import { createHash } from 'crypto';
import type { AuditEvent } from '../../shared/model/event';
import { sortableTime } from '../../shared/model/sortableTime';
import { Tally, type Totals } from '../../shared/model/tally';

/** What tells whether a file is complete and unchanged. */
export interface FileFacts extends Totals {
	/** In bytes, as stored: with gzip, of the compressed file. */
	size: number;
	/** SHA-256 of the same bytes, as 64 lowercase hexadecimal digits. */
	sha256: string;
}

/** Counts and hashes a file while it is written, so that it is not read a second time. */
export class FileRecord {
	private readonly tally = new Tally();

	private readonly hash = createHash('sha256');

	private size = 0;

	addEvents(events: readonly AuditEvent[]): void {
		for (const { timestamp } of events) this.tally.add(timestamp, sortableTime(timestamp));
	}

	addBytes(bytes: Uint8Array): void {
		this.size += bytes.byteLength;
		this.hash.update(bytes);
	}

	/** Ends the record: after this, nothing can be added. */
	end(): FileFacts {
		return { ...this.tally.totals(), size: this.size, sha256: this.hash.digest('hex') };
	}
}

/**
 * Links a file to the ones before it: the SHA-256 of `previous` and `sha256`, one after the other as text.
 * Changing, adding, removing or reordering a file changes this value for every file after it
 * (docs/evidence.md).
 *
 * @param previous the same value of the file before; empty for the first file
 * @returns 64 lowercase hexadecimal digits
 */
export function chainSha256(previous: string, sha256: string): string {
	return createHash('sha256')
		.update(previous + sha256)
		.digest('hex');
}
