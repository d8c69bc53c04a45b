import fc from 'fast-check';
import { runs, seed } from './seed';

// Before each test file: no property test draws a seed of its own.
fc.configureGlobal({ seed, numRuns: runs(100) });
