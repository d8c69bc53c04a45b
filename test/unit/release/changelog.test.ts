import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { changelogFaults, readChangelog, releaseNotes } from '../../../dev/release/changelog';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-31

### Added

- A node ([docs](docs/nodes.md#a), [n8n](https://n8n.io)).

## [1.1.0]

- Older.
`;

const REPOSITORY = 'https://github.com/owner/name';

describe('the changelog', () => {
	test('is read as sections', () => {
		expect(readChangelog(CHANGELOG).map(({ version, date }) => [version, date])).toEqual([
			['Unreleased', undefined],
			['1.2.0', '2026-12-31'],
			['1.1.0', undefined],
		]);
	});

	test("of this project has a section, and starts with what is unreleased or a release's date", () => {
		const file = path.join(__dirname, '../../../CHANGELOG.md');
		const [newest] = readChangelog(readFileSync(file, 'utf8'));
		expect(newest?.version === 'Unreleased' || newest?.date).toBeTruthy();
		expect(newest?.text).not.toBe('');
	});

	test('its newest version is the one to release, with a date and a text', () => {
		expect(changelogFaults(CHANGELOG, '1.2.0')).toEqual([]);
		expect(changelogFaults(CHANGELOG, '1.3.0')).toEqual([
			expect.stringContaining('the newest version in CHANGELOG.md is 1.2.0'),
		]);
		expect(changelogFaults('## [1.0.0]\n', '1.0.0')).toEqual([
			expect.stringContaining('needs a date'),
			'CHANGELOG.md says nothing about 1.0.0.',
		]);
		expect(changelogFaults('# Changelog\n', '1.0.0')).toEqual([expect.stringContaining('is none')]);
	});

	test('becomes the notes of a release, with links that work elsewhere', () => {
		expect(releaseNotes(CHANGELOG, '1.2.0', REPOSITORY)).toBe(
			`### Added\n\n- A node ([docs](${REPOSITORY}/blob/1.2.0/docs/nodes.md#a), [n8n](https://n8n.io)).`,
		);
		expect(() => releaseNotes(CHANGELOG, '9.9.9', REPOSITORY)).toThrow('no section');
	});
});
