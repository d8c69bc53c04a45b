/** What is checked of a package.json. */
export interface PublishedManifest {
	name?: string;
	version?: string;
	keywords?: string[];
	license?: string;
	homepage?: string;
	author?: { name?: string; email?: string };
	repository?: { type?: string; url?: string };
	publishConfig?: { provenance?: boolean };
	main?: string;
	scripts?: Record<string, string>;
	dependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
	bundledDependencies?: unknown;
	overrides?: unknown;
	peerDependencies?: Record<string, string>;
	n8n?: {
		n8nNodesApiVersion?: number;
		strict?: boolean;
		nodes?: string[];
		credentials?: string[];
	};
}

export interface PackageContent {
	manifest: PublishedManifest;
	/** The paths of all files in the tarball. */
	files: string[];
	/** `owner/name` on GitHub of the repository that publishes it, if known. */
	publisher?: string;
}

/** npm runs these when a package is installed; n8n does not allow them. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

/**
 * What keeps n8n from verifying a package, or npm from accepting its provenance, as sentences.
 *
 * n8n's scanner lints the code; these are the conditions that it can only see once the package is published
 * ([Verification guidelines](https://docs.n8n.io/connect/create-nodes/build-your-node/reference/verification-guidelines)).
 */
export function packageFaults({ manifest, files, publisher }: PackageContent): string[] {
	const checks: Array<[isRight: boolean, fault: string]> = [
		[/^(@[^/]+\/)?n8n-nodes-/.test(manifest.name ?? ''), 'name does not start with n8n-nodes-'],
		[/^\d+\.\d+\.\d+/.test(manifest.version ?? ''), 'version is not a version'],
		[
			manifest.keywords?.includes('n8n-community-node-package') ?? false,
			'keywords lacks n8n-community-node-package',
		],
		[manifest.license === 'MIT', 'license is not MIT'],
		[Boolean(manifest.author?.name), 'author has no name'],
		[isAddress(manifest.author?.email), 'author has no e-mail address at which someone answers'],
		[Boolean(manifest.homepage), 'homepage is missing'],
		...repositoryChecks(manifest, publisher),
		[manifest.publishConfig?.provenance === true, 'publishConfig.provenance is not true'],
		[isEmpty(manifest.dependencies), 'dependencies is not empty'],
		[isEmpty(manifest.optionalDependencies), 'optionalDependencies is not empty'],
		[!manifest.bundledDependencies, 'bundledDependencies is set'],
		[!manifest.overrides, 'overrides is set'],
		[manifest.peerDependencies?.['n8n-workflow'] === '*', 'peerDependencies.n8n-workflow is not *'],
		[
			!INSTALL_SCRIPTS.some((name) => manifest.scripts?.[name]),
			`scripts has one of ${INSTALL_SCRIPTS.join(', ')}`,
		],
		[manifest.n8n?.strict === true, 'n8n.strict is not true'],
		[manifest.n8n?.n8nNodesApiVersion === 1, 'n8n.n8nNodesApiVersion is not 1'],
		[Boolean(manifest.n8n?.nodes?.length), 'n8n.nodes is empty'],
	];
	const named = [
		...(manifest.n8n?.nodes ?? []),
		...(manifest.n8n?.credentials ?? []),
		...(manifest.main ? [manifest.main] : []),
		'README.md',
		'LICENSE',
	];
	return [
		...checks.filter(([isRight]) => !isRight).map(([, fault]) => `package.json: ${fault}.`),
		...named
			.filter((file) => !files.includes(file))
			.map((file) => `${file} is not in the package.`),
	];
}

/** npm rejects a provenance whose repository is not the one in package.json. */
function repositoryChecks(
	{ repository }: PublishedManifest,
	publisher: string | undefined,
): Array<[boolean, string]> {
	const [, own] =
		/^git\+https:\/\/github\.com\/([^/]+\/[^/]+)\.git$/.exec(repository?.url ?? '') ?? [];
	return [
		[own !== undefined, 'repository.url is not git+https://github.com/<owner>/<name>.git'],
		[
			publisher === undefined || own === publisher,
			`repository.url is not the repository that publishes it, ${publisher}`,
		],
	];
}

function isAddress(email: string | undefined): boolean {
	return (
		/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email ?? '') && !/\.(example|invalid)$/.test(email ?? '')
	);
}

function isEmpty(dependencies: Record<string, string> | undefined): boolean {
	return Object.keys(dependencies ?? {}).length === 0;
}
