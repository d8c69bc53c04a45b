import { jest } from '@jest/globals';

/**
 * Import this before anything that loads n8n-workflow: waits between two attempts then take no time,
 * and move the stopped clock instead.
 */
jest.mock('n8n-workflow', () => ({
	...(jest.requireActual('n8n-workflow') as object),
	sleep: async (ms: number) => {
		// Rounded up, because a wait that ends early would be waited for again.
		jest.setSystemTime(Date.now() + Math.ceil(ms));
	},
}));
