import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface Tool {
	/** Its name, for an error message. */
	what: string;
	/** The Debian package that contains it. */
	debian: string;
	/** Its executables; one of them is enough. */
	executables: string[];
	/** Where to look besides the PATH. */
	folders?: string[];
	/** An environment variable that may contain the path of its executable. */
	variable?: string;
}

/** What the end-to-end tests use besides Node.js and npm. `.ci/run` installs the same list. */
const TOOLS = {
	chromium: {
		what: 'Chromium or Chrome',
		debian: 'chromium',
		executables: [
			'chromium',
			'chromium-browser',
			'google-chrome',
			'Google Chrome',
			'Chromium',
			'chrome.exe',
		],
		folders: [
			'/snap/bin',
			'/Applications/Google Chrome.app/Contents/MacOS',
			'/Applications/Chromium.app/Contents/MacOS',
			'C:\\Program Files\\Google\\Chrome\\Application',
		],
		variable: 'CHROMIUM_PATH',
	},
	sshd: {
		what: 'the OpenSSH server',
		debian: 'openssh-server',
		executables: ['sshd'],
		folders: ['/usr/sbin', '/usr/local/sbin'],
	},
	sshKeygen: { what: 'ssh-keygen', debian: 'openssh-client', executables: ['ssh-keygen'] },
	redis: { what: 'the Redis server', debian: 'redis-server', executables: ['redis-server'] },
	initdb: {
		what: 'the PostgreSQL server',
		debian: 'postgresql',
		executables: ['initdb'],
		folders: ['/usr/lib/postgresql'],
	},
	soffice: {
		what: 'LibreOffice Calc',
		debian: 'libreoffice-calc',
		executables: ['soffice', 'libreoffice'],
	},
	python: { what: 'Python 3', debian: 'python3', executables: ['python3'] },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/**
 * The absolute path of a tool's executable.
 *
 * @throws Error that says how to get the tool, if it is missing
 */
export function findTool(name: ToolName): string {
	const found = locate(TOOLS[name]);
	if (found) return found;
	throw new Error(sentenceFor([TOOLS[name]]));
}

/**
 * @param names those that are needed
 * @throws Error that names every missing tool, and how to get them
 */
export function requireTools(names: readonly ToolName[]): void {
	const tools = [...new Set(names)].map((name): Tool => TOOLS[name]);
	const missing = tools.filter((tool) => locate(tool) === undefined);
	if (missing.length > 0) throw new Error(sentenceFor(missing));
}

function sentenceFor(missing: Tool[]): string {
	const names = missing.map(nameOf).join(', ');
	const packages = missing.map(({ debian }) => debian).join(' ');
	return (
		`The end-to-end tests need ${names}, which could not be found on this machine. ` +
		`On Debian and Ubuntu: apt-get install --no-install-recommends ${packages}`
	);
}

function nameOf({ what, variable }: Tool): string {
	return variable && process.env[variable]
		? `${what} (${variable} is not the path of a file)`
		: what;
}

function locate({ executables, folders = [], variable }: Tool): string | undefined {
	const configured = variable && process.env[variable];
	if (configured) return existsSync(configured) ? configured : undefined;
	const onPath = (process.env.PATH ?? '').split(path.delimiter);
	const all = [...onPath, ...folders.flatMap(withVersions)];
	return executables
		.flatMap((name) => all.map((folder) => path.join(folder, name)))
		.find((file) => existsSync(file));
}

/** A folder, and the `bin` folder of each version in it, newest first: Debian's layout for PostgreSQL. */
function withVersions(folder: string): string[] {
	if (!existsSync(folder)) return [];
	const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
	return [folder, ...versions.map((version) => path.join(folder, version, 'bin'))];
}
