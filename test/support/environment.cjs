const { TestEnvironment } = require('jest-environment-node');

/** Gives every test more time if FC_RUNS has properties tried more often. */
module.exports = class extends TestEnvironment {
	handleTestEvent({ name, test }, { testTimeout }) {
		const factor = Math.max(1, Number(process.env.FC_RUNS));
		if (name === 'test_start') test.timeout = (test.timeout ?? testTimeout) * factor;
	}
};
