import { mkdir } from 'node:fs/promises';
import { lastLines, runNpm } from './command';
import { cacheDir } from './paths';

/**
 * The newest version on npm in a range, such as `2` or `<2.41.1`.
 *
 * @throws Error with npm's output, if npm cannot look it up
 */
export async function newestVersion(name: string, range: string): Promise<string> {
	const { found, output } = await view(`${name}@${range}`, 'version');
	// npm lists versions in the order of its registry, which may be that of text.
	const newest = [(found ?? []) as string | string[]].flat().sort(byNumbers).at(-1);
	if (newest) return newest;
	throw new Error(`npm could not look up ${name} ${range}:\n\n${lastLines(output, 10)}`);
}

/**
 * A release may name packages of its own that npm does not have yet, or that a mirror of npm lacks.
 *
 * @returns for each of those, the newest version below it
 */
export async function olderVersions(
	name: string,
	version: string,
): Promise<Record<string, string>> {
	const { found } = await view(`${name}@${version}`, 'dependencies');
	const older: Record<string, string> = {};
	for (const [own, exact] of Object.entries((found ?? {}) as Record<string, string>)) {
		const isOwn = own.startsWith(`${name}-`) || own.startsWith(`@${name}/`);
		if (!isOwn || !/^[\d.]+$/.test(exact)) continue;
		if ((await view(`${own}@${exact}`, 'version')).found) continue;
		older[own] = await newestVersion(own, `<${exact}`);
	}
	return older;
}

async function view(spec: string, field: string): Promise<{ found?: unknown; output: string }> {
	await mkdir(cacheDir(), { recursive: true });
	const options = { cwd: cacheDir(), timeoutMs: 60_000 };
	const { code, stdout, output } = await runNpm(['view', spec, field, '--json'], options);
	return { found: code === 0 && stdout.trim() ? JSON.parse(stdout) : undefined, output };
}

function byNumbers(one: string, other: string): number {
	return one.localeCompare(other, 'en', { numeric: true });
}
