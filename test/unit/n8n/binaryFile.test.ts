import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, jest, test } from '@jest/globals';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { Page } from '../../../nodes/shared/model/page';
import { storeBinaryFile } from '../../../nodes/shared/n8n/binaryFile';
import type { AuditClient } from '../../../nodes/shared/signicat/client';

const TEXT = 'three pages ';

const client = {
	fetchPage: async (): Promise<Page> => ({ events: [], next: null }),
} as unknown as AuditClient;

async function* threePages({ fetchPage }: AuditClient): AsyncGenerator<Uint8Array> {
	const query = { window: { from: 0n, to: 1n }, conditions: [], pageSize: 1 };
	for (const word of TEXT.match(/\S+ /g) ?? []) {
		await fetchPage(query);
		yield Buffer.from(word);
	}
}

/** Stores the file with these helpers of n8n's, and returns what was passed to the store. */
function storeWith(helpers: object) {
	const stored: Array<Buffer | Readable> = [];
	const prepareBinaryData = async (content: Buffer | Readable): Promise<IBinaryData> => {
		stored.push(content);
		return { mimeType: '', data: '' };
	};
	const context = { helpers: { prepareBinaryData, ...helpers } } as unknown as IExecuteFunctions;
	return async () => {
		await storeBinaryFile(context, client, { write: threePages, fileName: 'a', mimeType: 'b' });
		return stored.at(-1);
	};
}

const refuse = async () => await Promise.reject(new Error('refused'));

describe('storeBinaryFile', () => {
	test("makes a stream of the class of n8n's own, and lets go of that one", async () => {
		const sample = Readable.from([]);
		const httpRequest = jest.fn(async () => sample);
		const file = await storeWith({ httpRequest })();
		expect(file).toBeInstanceOf(Readable);
		expect(String(await buffer(file as Readable))).toBe(TEXT);
		expect(sample.destroyed).toBe(true);
	});

	test('gives a sign of life with each page that is read', async () => {
		const file = (await storeWith({ httpRequest: async () => Readable.from([]) })()) as Readable;
		const sizes: number[] = [];
		file.on('data', ({ length }: Buffer) => sizes.push(length));
		await new Promise((resolve) => file.on('end', resolve));
		expect(sizes.filter((size) => size === 0)).toHaveLength(2);
		expect(sizes.filter((size) => size > 0)).toHaveLength(2);
	});

	test.each<[string, object]>([
		['keeps files in memory', { httpRequest: refuse }],
		['returns something else', { httpRequest: async () => 'text' }],
		['has a stream of another kind', { httpRequest: async () => ({ pipe: () => undefined }) }],
		['has no helpers for it', {}],
	])('puts the file together where n8n %s', async (_what, helpers) => {
		expect(String(await storeWith(helpers)())).toBe(TEXT);
	});
});
