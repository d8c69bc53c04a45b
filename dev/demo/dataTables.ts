import { exampleNames, readExample } from '../examples';
import type { RunningN8n } from '../n8n';

interface DataTable {
	id: string;
	name: string;
	projectId: string;
}

/**
 * Deletes the Data Tables in which alerts remember what they have told: the local audit log begins anew with each start,
 * so what was told about the one before is no reason to be silent. Other Data Tables are kept.
 */
export async function forgetAlerts(n8n: RunningN8n): Promise<void> {
	const names = exampleNames
		.filter((name) => name.startsWith('alert-'))
		.flatMap((name) => readExample(name).nodes)
		.filter(({ type }) => type === 'n8n-nodes-base.dataTable')
		.map(({ parameters }) => parameters.tableName);
	const { data } = await n8n.request<{ data: DataTable[] }>('GET', '/rest/data-tables-global');
	for (const { id, projectId } of data.filter(({ name }) => names.includes(name))) {
		await n8n.request('DELETE', `/rest/projects/${projectId}/data-tables/${id}`);
	}
}
