import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface Tool {
	/** What it is, to go into a sentence. */
	what: string;
	/** The Debian package that brings it. */
	debian: string;
	/** Its executables: any of them will do. */
	executables: string[];
	/** Where to look besides the PATH. */
	folders?: string[];
	/** The environment variable that may name its executable. */
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
	openssl: { what: 'the openssl command', debian: 'openssl', executables: ['openssl'] },
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
 * @throws Error that says how to get the tool, when it is not there
 */
export function findTool(name: ToolName): string {
	const found = locate(TOOLS[name]);
	if (found) return found;
	throw new Error(sentenceFor([TOOLS[name]]));
}

/** @throws Error that names every tool that is missing, and how to get them */
export function requireTools(): void {
	const missing = Object.values<Tool>(TOOLS).filter((tool) => locate(tool) === undefined);
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
	return variable && process.env[variable] ? `${what} (${variable} names no file)` : what;
}

function locate({ executables, folders = [], variable }: Tool): string | undefined {
	const given = variable && process.env[variable];
	if (given) return existsSync(given) ? given : undefined;
	const onPath = (process.env.PATH ?? '').split(path.delimiter);
	const all = [...onPath, ...folders.flatMap(withVersions)];
	return executables
		.flatMap((name) => all.map((folder) => path.join(folder, name)))
		.find((file) => existsSync(file));
}

/** A folder, and the `bin` of each version in it, the newest first, as Debian lays out PostgreSQL. */
function withVersions(folder: string): string[] {
	if (!existsSync(folder)) return [];
	const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
	return [folder, ...versions.map((version) => path.join(folder, version, 'bin'))];
}
