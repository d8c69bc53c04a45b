import { jest } from '@jest/globals';

/** Import this before anything that loads n8n-workflow: what takes the place of its `sleep`. */
export const sleep = jest.fn<(ms: number) => Promise<void>>();

jest.mock('n8n-workflow', () => ({
	...(jest.requireActual('n8n-workflow') as object),
	sleep: async (ms: number) => await sleep(ms),
}));
