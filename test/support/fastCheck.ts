import fc from 'fast-check';
import { runs, seed } from './seed';

// Runs before each test file, so that no property test chooses its own seed.
fc.configureGlobal({ seed, numRuns: runs(100) });
