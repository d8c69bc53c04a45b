/**
 * The rooms of `nodes/` and what each may import. `npm run lint` checks it, and
 * `npx depcruise nodes --output-type dot` draws it. docs/architecture.md says why.
 */
const shared = '^nodes/shared';

/** A room and what of the project it may import besides itself. */
const rooms = {
	model: [],
	reading: ['model'],
	formats: ['model'],
	signicat: ['model'],
	parameters: ['model'],
	n8n: ['model', 'signicat', 'parameters'],
};

const onlyDown = Object.entries(rooms).map(([room, below]) => ({
	name: `shared/${room}-imports-only-what-is-below`,
	severity: 'error',
	comment: `shared/${room} may import ${['itself', ...below].join(', ')}, and nothing else of the project.`,
	from: { path: `${shared}/${room}/` },
	to: {
		path: '^(nodes|credentials)/',
		pathNot: [room, ...below].map((one) => `${shared}/${one}/`),
	},
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'no-circles',
			severity: 'error',
			comment: 'Two files that need each other are one file, or need a third one below them.',
			from: {},
			to: { circular: true },
		},
		...onlyDown,
		{
			name: 'pure-rooms-know-nothing-of-n8n',
			severity: 'error',
			comment:
				'What is read and what it means has nothing to do with n8n, so it can be tested and used without it.',
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
			comment: 'What both nodes use is in shared/.',
			from: { path: '^nodes/(SignicatAudit|SignicatAuditTrigger)/' },
			to: { path: '^nodes/(SignicatAudit|SignicatAuditTrigger)/', pathNot: '^nodes/$1/' },
		},
		{
			name: 'polling-and-state-do-not-know-their-node',
			severity: 'error',
			comment: 'The node puts them together; they do not look up.',
			from: { path: '^nodes/SignicatAuditTrigger/(polling|state)/' },
			to: {
				path: '^nodes/SignicatAuditTrigger/',
				pathNot: '^nodes/SignicatAuditTrigger/(polling|state)/',
			},
		},
		{
			name: 'state-does-not-know-polling',
			severity: 'error',
			comment: 'What is stored is read before anything is polled.',
			from: { path: '^nodes/SignicatAuditTrigger/state/' },
			to: { path: '^nodes/SignicatAuditTrigger/polling/' },
		},
		{
			name: 'export-and-digest-do-not-know-their-operations',
			severity: 'error',
			comment: 'The operations use them.',
			from: { path: '^nodes/SignicatAudit/(export|digest)/' },
			to: { path: '^nodes/SignicatAudit/', pathNot: '^nodes/SignicatAudit/(export|digest)/' },
		},
		...['SignicatAudit', 'SignicatAuditTrigger'].map((node) => ({
			name: `shared-is-used-by-${node}`,
			severity: 'error',
			comment:
				'What only one node uses belongs into the folder of that node. The vocabulary of model/ and what knows n8n are not divided.',
			from: { path: `^nodes/${node}/${node}\\.node\\.ts$` },
			to: { path: `${shared}/`, pathNot: `${shared}/(model|n8n)/`, reachable: false },
		})),
		{
			name: 'nothing-but-n8n-and-node',
			severity: 'error',
			comment:
				"n8n's rule: a community node that is to be verified has no dependencies of its own.",
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
