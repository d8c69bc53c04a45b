/**
 * The folders of `nodes/` and what each may import. `npm run lint` checks this, and
 * `npx depcruise nodes --output-type dot` draws it. docs/architecture.md explains why.
 */
const shared = '^nodes/shared';

/** Each folder of nodes/shared, and the other folders of the project that it may import. */
const folders = {
	model: [],
	reading: ['model'],
	formats: ['model'],
	signicat: ['model'],
	parameters: ['model', 'formats'],
	n8n: ['model', 'signicat', 'parameters'],
};

const onlyDown = Object.entries(folders).map(([folder, below]) => ({
	name: `shared/${folder}-imports-only-what-is-below`,
	severity: 'error',
	comment: `shared/${folder} may import ${['itself', ...below].join(', ')}, and nothing else of the project.`,
	from: { path: `${shared}/${folder}/` },
	to: {
		path: '^(nodes|credentials)/',
		pathNot: [folder, ...below].map((name) => `${shared}/${name}/`),
	},
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'no-circles',
			severity: 'error',
			comment:
				'Two files that need each other should be one file, or share a third one below them.',
			from: {},
			to: { circular: true },
		},
		...onlyDown,
		{
			name: 'pure-folders-do-not-import-n8n',
			severity: 'error',
			comment:
				'Reading events and interpreting them does not depend on n8n, so it can be tested and used without n8n.',
			from: {
				path: [
					`${shared}/(model|reading|formats)/`,
					'^nodes/SignicatAudit/(export|digest)/',
					'^nodes/SignicatAuditTrigger/polling/',
				],
			},
			to: { path: 'n8n-(workflow|core)' },
		},
		{
			name: 'nodes-do-not-import-each-other',
			severity: 'error',
			comment: 'Code that both nodes use is in shared/.',
			from: { path: '^nodes/(SignicatAudit|SignicatAuditTrigger)/' },
			to: { path: '^nodes/(SignicatAudit|SignicatAuditTrigger)/', pathNot: '^nodes/$1/' },
		},
		{
			name: 'polling-and-state-do-not-import-their-node',
			severity: 'error',
			comment: 'The node combines them; they do not depend on it.',
			from: { path: '^nodes/SignicatAuditTrigger/(polling|state)/' },
			to: {
				path: '^nodes/SignicatAuditTrigger/',
				pathNot: '^nodes/SignicatAuditTrigger/(polling|state)/',
			},
		},
		{
			name: 'state-does-not-import-polling',
			severity: 'error',
			comment: 'The stored state is read before anything is polled.',
			from: { path: '^nodes/SignicatAuditTrigger/state/' },
			to: { path: '^nodes/SignicatAuditTrigger/polling/' },
		},
		{
			name: 'export-and-digest-do-not-import-their-operations',
			severity: 'error',
			comment: 'The operations use them.',
			from: { path: '^nodes/SignicatAudit/(export|digest)/' },
			to: { path: '^nodes/SignicatAudit/', pathNot: '^nodes/SignicatAudit/(export|digest)/' },
		},
		...['SignicatAudit', 'SignicatAuditTrigger'].map((node) => ({
			name: `shared-is-used-by-${node}`,
			severity: 'error',
			comment:
				'Code that only one node uses belongs in the folder of that node. model/ and n8n/ are exempt, as they are not divided by node.',
			from: { path: `^nodes/${node}/${node}\\.node\\.ts$` },
			to: { path: `${shared}/`, pathNot: `${shared}/(model|n8n)/`, reachable: false },
		})),
		{
			name: 'nothing-but-n8n-and-node',
			severity: 'error',
			comment: "n8n's rule: a verified community node must not have runtime dependencies.",
			from: { path: '^(nodes|credentials)/' },
			to: { path: 'node_modules', pathNot: 'node_modules/n8n-workflow/' },
		},
		{
			name: 'nothing-of-the-tests',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^(test|scripts|dev)/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: { extensions: ['.ts', '.d.ts', '.js'] },
	},
};
