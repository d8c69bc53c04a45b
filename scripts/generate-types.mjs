/**
 * Writes nodes/shared/model/schema.d.ts from docs/openapi.yaml.
 *
 *   node scripts/generate-types.mjs           writes the file
 *   node scripts/generate-types.mjs --check   exits with 1 if the file is out of date
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import prettier from 'prettier';

const source = new URL('../docs/openapi.yaml', import.meta.url);
const target = new URL('../nodes/shared/model/schema.d.ts', import.meta.url);
const targetPath = fileURLToPath(target);

const HEADER = '// Generated from docs/openapi.yaml by `npm run types`. Do not edit.\n\n';

const types = astToString(await openapiTS(source));
const wanted = await prettier.format(HEADER + types, {
	...(await prettier.resolveConfig(targetPath)),
	parser: 'typescript',
});

if (process.argv.includes('--check')) {
	const present = await readFile(target, 'utf8').catch(() => '');
	if (present !== wanted) {
		console.error(
			'nodes/shared/model/schema.d.ts does not match docs/openapi.yaml: run npm run types.',
		);
		process.exitCode = 1;
	}
} else {
	await writeFile(target, wanted);
}
