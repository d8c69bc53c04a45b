const { dest, parallel, src } = require('gulp');

/** Copies the files that the TypeScript compiler does not, to where n8n looks for them. */
const icons = () => src('icons/*.svg').pipe(dest('dist/icons'));
const nodeFiles = () =>
	src(['nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'], { base: 'nodes' }).pipe(
		dest('dist/nodes'),
	);

exports.assets = parallel(icons, nodeFiles);
exports.default = exports.assets;
