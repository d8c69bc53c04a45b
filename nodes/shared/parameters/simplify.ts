import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { AuditEvent } from '../model/event';
import { withinDepth } from '../formats/itemDepth';
import { simplifyEvent } from '../formats/simplify';
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
	return readSwitch('Simplify', value, true);
}

/** An event as an item shows it: ten fields at most, or exactly as the API sent it. */
export function eventJson(event: AuditEvent, simplify: boolean): IDataObject {
	return withinDepth(simplify ? simplifyEvent(event) : (event as IDataObject));
}
