/** n8n's polling engines: the in-memory one, which is the default, and the one with durable cursors. */
export const ENGINE_NAMES = ['default', 'durable'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];
