/** The part of the S3 server that is used here; the package has no types of its own. */
declare module '@20minutes/s3rver' {
	import type { RequestListener } from 'node:http';
	import type { Readable } from 'node:stream';

	interface ObjectEvent {
		Records: Array<{
			eventName: string;
			s3: { bucket: { name: string }; object: { key: string } };
		}>;
	}

	export default class S3rver {
		constructor(options: {
			directory: string;
			silent: boolean;
			vhostBuckets: boolean;
			configureBuckets: Array<{ name: string }>;
		});
		readonly store: {
			listObjects(bucket: string, options: object): Promise<{ objects: Array<{ key: string }> }>;
			getObject(
				bucket: string,
				key: string,
			): Promise<{ content: Readable; lastModifiedDate: Date } | null>;
		};
		configureBuckets(): Promise<unknown>;
		callback(): RequestListener;
		on(event: 'event', listener: (event: ObjectEvent) => void): this;
	}
}
