export const MEGABYTE = 2 ** 20;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

export const times = (ratio: number): string => `${ratio.toFixed(2)} times`;

export const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(0)} MB`;

export const count = (events: number): string => events.toLocaleString('en-US');
