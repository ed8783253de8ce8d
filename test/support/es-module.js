const { transformSync } = require('esbuild');

/** What Jest makes of a package that comes as an ES module only. */
module.exports = {
	process: (source, path) => ({
		code: transformSync(source, { format: 'cjs', target: 'node20', sourcefile: path }).code,
	}),
};
