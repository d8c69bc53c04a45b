import type { components } from '../../nodes/shared/model/schema';
import { AUDIT_SERVICES } from './catalogue';
import type { AuditEvent, Behaviour } from './types';

const TARGETS = ['Default', 'Audit'];

/** The services, event types and properties of the stored events. */
export class ServiceIndex {
	private readonly services = new Map<string, Map<string, Set<string>>>();
	private readonly allProperties = new Set<string>();

	add({ serviceName, eventType, indexedData }: AuditEvent): void {
		const names = Object.keys(indexedData ?? {});
		for (const name of names) this.allProperties.add(name);
		if (!serviceName || !eventType) return;
		const eventTypes = entryOf(this.services, serviceName, () => new Map<string, Set<string>>());
		const properties = entryOf(eventTypes, eventType, () => new Set<string>());
		for (const name of names) properties.add(name);
	}

	hasProperty(name: string): boolean {
		return this.allProperties.has(name);
	}

	metadata(shape: Behaviour['metadataShape']): components['schemas']['Metadata'] {
		if (shape === 'strings') return { extended: true, targets: TARGETS };
		if (shape === 'unexpected') {
			const odd = [
				{ kind: 'audit', entries: { Broker: ['authn_response'] } },
				42,
				null,
				['Broker'],
			];
			return { extended: false, targets: odd };
		}
		const targets = TARGETS.map((target) => ({
			target,
			services: [...this.services.keys()]
				.filter((serviceName) => targetOf(serviceName) === target)
				.sort()
				.map((serviceName) => ({
					serviceName,
					eventTypes: [...(this.services.get(serviceName)?.keys() ?? [])].sort(),
				})),
		}));
		return { extended: true, targets };
	}

	/** For one event type, or for all event types of the service. Empty if unknown. */
	properties(
		query: { target: string; serviceName: string; eventType?: string },
		shape: Behaviour['propertiesShape'],
	): components['schemas']['Properties'] {
		const { target, serviceName, eventType } = query;
		const names = new Set<string>();
		if (targetOf(serviceName) === target) {
			for (const [type, properties] of this.services.get(serviceName) ?? []) {
				if (eventType !== undefined && eventType !== type) continue;
				for (const name of properties) names.add(name);
			}
		}
		const sorted = [...names].sort();
		return {
			properties: shape === 'strings' ? sorted : sorted.map((name) => ({ name, type: 'string' })),
		};
	}
}

function targetOf(serviceName: string): string {
	return AUDIT_SERVICES.has(serviceName) ? 'Audit' : 'Default';
}

function entryOf<V>(map: Map<string, V>, key: string, create: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = create();
		map.set(key, value);
	}
	return value;
}
