import { spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { endWithUs } from './endWithUs';

/** Receives a line about the progress. */
export type OnProgress = (line: string) => void;

export interface CommandOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
	/** A file that also gets everything that the command writes. */
	logFile?: string;
	/** A limit in ms, after which the command is killed. */
	timeoutMs?: number;
	/** Called every 15 s while `what` is running, with the elapsed time. */
	onProgress?: OnProgress;
	what?: string;
}

export interface CommandResult {
	code: number | null;
	/** Its stdout. */
	stdout: string;
	/** Its stdout and stderr, in order. */
	output: string;
}

/** Runs a command to its end, without a shell and without showing its output. */
export async function runCommand(
	file: string,
	args: string[],
	options: CommandOptions,
): Promise<CommandResult> {
	const startedAt = Date.now();
	const child = spawn(file, args, {
		cwd: options.cwd,
		env: options.env ?? process.env,
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: options.timeoutMs,
	});
	const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined;
	log?.write(`> ${[file, ...args].join(' ')}\n`);
	let stdout = '';
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => {
		stdout += chunk.toString();
		output += chunk.toString();
		log?.write(chunk);
	});
	child.stderr.on('data', (chunk: Buffer) => {
		output += chunk.toString();
		log?.write(chunk);
	});
	endWithUs(child);
	const ticker = setInterval(() => {
		options.onProgress?.(`${options.what ?? file}: ${formatElapsed(startedAt)}`);
	}, 15_000);
	try {
		const code = await new Promise<number | null>((resolve, reject) => {
			child.once('error', reject);
			child.once('close', resolve);
		});
		return { code, stdout, output };
	} finally {
		clearInterval(ticker);
		log?.end();
	}
}

/** Runs npm, with the Node.js that runs this process. */
export async function runNpm(args: string[], options: CommandOptions): Promise<CommandResult> {
	const env = { ...(options.env ?? process.env) };
	// Settings of the npm that started this process (`npm run …`) do not apply to this one.
	for (const name of Object.keys(env)) {
		if (
			/^npm_(config_(prefix|local_prefix|global_prefix|omit|ignore_scripts|offline|loglevel|dry_run)|package|lifecycle)/i.test(
				name,
			)
		) {
			delete env[name];
		}
	}
	const cli = findNpmCli();
	return cli
		? await runCommand(process.execPath, [cli, ...args], { ...options, env })
		: await runCommand('npm', args, { ...options, env });
}

/** npm's own script, so that no system needs a shell to start it. */
function findNpmCli(): string | undefined {
	const nodeDir = path.dirname(process.execPath);
	const candidates = [
		process.env.npm_execpath ?? '',
		path.join(nodeDir, '../lib/node_modules/npm/bin/npm-cli.js'),
		path.join(nodeDir, 'node_modules/npm/bin/npm-cli.js'),
	];
	return candidates.find((file) => /npm-cli\.c?js$/.test(file) && existsSync(file));
}

/** The time since `startedAt` (epoch ms), formatted as `45 s` or `2 min 05 s`. */
export function formatElapsed(startedAt: number): string {
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The last lines of a text, for an error message. */
export function lastLines(text: string, count: number): string {
	return text.trimEnd().split('\n').slice(-count).join('\n');
}
