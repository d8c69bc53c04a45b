import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { EXAMPLES_DIR, readExample } from '../../../dev/examples';

test('the stream on the page of forward-to-sentinel has a column for each field that is sent', () => {
	const page = readFileSync(path.join(EXAMPLES_DIR, 'forward-to-sentinel/README.md'), 'utf8');
	const columns = [...page.matchAll(/"name": "(\w+)", "type"/g)].map(([, name]) => name);
	const trigger = readExample('forward-to-sentinel').nodes.find(
		({ name }) => name === 'New events',
	);
	const fields = trigger?.parameters.outputFields as string[];
	expect(columns).toEqual(['TimeGenerated', ...fields, 'cursor']);
});
