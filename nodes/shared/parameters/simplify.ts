import type { INodeProperties } from 'n8n-workflow';
import { readSwitch } from './read';

export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** @throws InvalidParameterError */
export function readSimplify(value: unknown): boolean {
	return readSwitch('Simplify', value, { fallback: true });
}
