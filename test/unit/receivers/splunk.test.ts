import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
	type LocalSplunk,
	SPLUNK_MAX_BYTES,
	startLocalSplunk,
} from '../../../dev/receivers/splunk';

describe('The local Splunk', () => {
	let splunk: LocalSplunk;

	beforeAll(async () => {
		splunk = await startLocalSplunk();
	});

	afterAll(async () => await splunk.stop());

	beforeEach(() => {
		splunk.events.length = 0;
		splunk.isDown = false;
	});

	async function send(
		body: string,
		headers: Record<string, string> = { authorization: String(splunk.credentials[0]?.data.value) },
	) {
		const url = `${splunk.settings.splunkUrl}/services/collector/event`;
		const response = await fetch(url, { method: 'POST', headers, body });
		return { status: response.status, ...((await response.json()) as { code: number }) };
	}

	test.each([
		['one after the other', '{"event":"a"}{"event":{"b":"}"}}'],
		['on lines of their own', '{"event":"a"}\n{"event":{"b":"}"},"time":1.5}\n'],
		[
			'with metadata',
			'{"time":"1700000000.123","host":"h","sourcetype":"s","event":1} {"event":[]}',
		],
	])('takes events %s', async (_how, body) => {
		expect(await send(body)).toEqual({ status: 200, code: 0, text: 'Success' });
		expect(splunk.events).toHaveLength(2);
	});

	test.each([
		['nothing', '', 400, 5],
		['a list', '[{"event":"a"}]', 400, 6],
		['commas between events', '{"event":"a"},{"event":"b"}', 400, 6],
		['an unfinished event', '{"event":"a"}{"event":', 400, 6],
		['another key', '{"event":"a","tim":1}', 400, 6],
		['a time in words', '{"event":"a","time":"2026-11-01T00:00:00Z"}', 400, 6],
		['no event', '{"time":1}', 400, 12],
		['a blank event', '{"event":""}', 400, 13],
		['nested fields', '{"event":"a","fields":{"b":{}}}', 400, 15],
		['more than 1 MB', `{"event":"${'x'.repeat(SPLUNK_MAX_BYTES)}"}`, 413, 413],
	])('refuses %s, all of it', async (_what, body, status, code) => {
		expect(await send(body)).toMatchObject({ status, code });
		expect(splunk.events).toEqual([]);
	});

	test.each([
		[{}, 401, 2],
		[{ authorization: 'Splunk' }, 401, 3],
		[{ authorization: 'Bearer 1' }, 401, 3],
		[{ authorization: 'Splunk wrong' }, 403, 4],
	])('refuses the authorization %j', async (headers, status, code) => {
		expect(await send('{"event":"a"}', headers as Record<string, string>)).toMatchObject({
			status,
			code,
		});
	});

	test('can be down', async () => {
		splunk.isDown = true;
		expect(await send('{"event":"a"}')).toMatchObject({ status: 503, code: 9 });
	});
});
