const { dest, parallel, src } = require('gulp');

/** Moves what the TypeScript compiler leaves behind, each to the place where n8n looks for it. */
const icons = () => src('icons/*.svg').pipe(dest('dist/icons'));
const nodeFiles = () =>
	src(['nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'], { base: 'nodes' }).pipe(
		dest('dist/nodes'),
	);

exports.assets = parallel(icons, nodeFiles);
exports.default = exports.assets;
