import { jest } from '@jest/globals';

/** In ms: ends a test that hangs. A real n8n takes a minute to start on a slow machine, and its trigger polls once a minute. */
const LIMIT_MS = 30 * 60_000;

jest.setTimeout(LIMIT_MS);
