import { describe, expect, test } from '@jest/globals';
import { packageFaults, type PublishedManifest } from '../../../dev/release/packageFaults';
import packageJson from '../../../package.json';

const OWN = 'n8n-nodes-signicat-audit/n8n-nodes-signicat-audit';
const FILES = [
	...packageJson.n8n.nodes,
	...packageJson.n8n.credentials,
	...['index.js', 'README.md', 'LICENSE', 'package.json'],
];
const COMPLETE: PublishedManifest = {
	...packageJson,
	author: { name: 'Contributors', email: 'contributors@example.com' },
};

const faultsOf = (change: Partial<PublishedManifest>, files = FILES, publisher = OWN) =>
	packageFaults({ manifest: { ...COMPLETE, ...change }, files, publisher });

describe('what n8n and npm require of a published package', () => {
	test('this package meets, except for the address of its author', () => {
		expect(faultsOf({})).toEqual([]);
		expect(faultsOf({ author: packageJson.author })).toEqual([
			'package.json: author has no e-mail address at which someone answers.',
		]);
	});

	test.each<[string, Partial<PublishedManifest>]>([
		['name', { name: 'signicat-audit' }],
		['keywords', { keywords: [] }],
		['license', { license: 'ISC' }],
		['author', { author: { email: 'contributors@example.com' } }],
		['repository.url', { repository: { url: 'https://gitlab.example.com/a/b' } }],
		['publishConfig.provenance', { publishConfig: {} }],
		['dependencies', { dependencies: { axios: '1.0.0' } }],
		['overrides', { overrides: {} }],
		['peerDependencies.n8n-workflow', { peerDependencies: {} }],
		['scripts', { scripts: { postinstall: 'node x.js' } }],
		['n8n.strict', { n8n: { ...packageJson.n8n, strict: false } }],
	])('a fault in %s is found', (field, change) => {
		expect(faultsOf(change)[0]).toContain(`package.json: ${field} `);
	});

	test('the repository has to be the one that publishes it, or npm rejects its provenance', () => {
		expect(faultsOf({}, FILES, 'someone/else')).toEqual([
			expect.stringContaining('is not the repository that publishes it, someone/else'),
		]);
	});

	test('every file that package.json names has to be in the package', () => {
		expect(faultsOf({}, FILES.slice(1))).toEqual([`${FILES[0]} is not in the package.`]);
	});
});
