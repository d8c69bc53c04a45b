// `prepublishOnly`: npm runs it before a publish, not before `npm pack`.
if (!process.env.GITHUB_ACTIONS) {
	console.error(`
This package is only published by its workflow (.github/workflows/publish.yml), with provenance.

  1. npm run release:check
  2. Push a tag that is the version of package.json, without a "v": git tag 1.2.3 && git push origin 1.2.3

See "Releases" in CONTRIBUTING.md.
`);
	process.exitCode = 1;
}
