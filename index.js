/** n8n finds the nodes through package.json; this file is for code that requires the package by name. */
module.exports = {
	...require('./dist/credentials/SignicatOAuth2Api.credentials.js'),
	...require('./dist/nodes/SignicatAudit/SignicatAudit.node.js'),
	...require('./dist/nodes/SignicatAuditTrigger/SignicatAuditTrigger.node.js'),
};
