// `npm run release:check`: all steps of a release except the tests and the upload.
import { checkPackage, fail, loadTypeScript, npmCommand, prepare, step } from './lib/bootstrap.mjs';

await prepare();
const { releaseFaults } = await loadTypeScript('dev/release/check.ts');
const faults = await releaseFaults(process.env).catch((error) => fail(error.message));
if (faults.length > 0) {
	fail(`Not ready for release:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}
await checkPackage();
await step('Contents of the package', ...npmCommand(['pack', '--dry-run', '--loglevel=notice']));
console.log('\nReady for release.');
