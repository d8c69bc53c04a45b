/** What is mutated: the code whose mistakes would lose events or count them wrongly, and the unit tests that have to notice. */
export const PARTS = {
	// Without `pollModel`, which takes minutes and tests the trigger.
	reading: { code: ['nodes/shared/reading/*.ts'], tests: ['reading/!(pollModel)'] },
	polling: {
		code: ['nodes/SignicatAuditTrigger/polling/*.ts'],
		// Without those that read many events: for each change again, they would take days.
		tests: ['polling/!(backlog|pollEvents|reread|sideBySide|undatedEvents)'],
	},
	state: {
		code: ['nodes/SignicatAuditTrigger/state/*.ts'],
		tests: ['state', 'trigger/prepareState'],
	},
	failures: {
		code: [
			'nodes/shared/signicat/{adaptiveLimit,attempt,decide,failure,inspectFailure,limiter,problem,retryPolicy,waits}.ts',
		],
		tests: ['signicat', 'n8n'],
	},
	digest: {
		code: ['nodes/SignicatAudit/digest/{change,digest,eventCounter,groupBy}.ts'],
		tests: ['digest'],
	},
};
