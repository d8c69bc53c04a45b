/** A real n8n for tests and for the demo: installs it once, starts it, and drives it by its REST API and editor. */
export * from './editor';
export { ensureN8n } from './install';
export { RunningN8n, startN8n, startWorker, TEST_OWNER, type StartN8nOptions } from './n8n';
export { installPackage, PACKAGE_NAME, type PackedPackage, packOnce, packPackage } from './pack';
export { cacheDir, N8N_VERSION } from './paths';
export { findFreePort, isPortFree } from './ports';
export * from './rest';
export { findTool, requireTools } from './tools';
export * from './types';
export * from './wait';
