import type { components } from '../../../nodes/shared/model/schema';
import type { AuditApi, AuditEvent, Problem, QueryRequest } from '../../../dev/audit-api';

export interface Answer<T> {
	status: number;
	headers: Headers;
	body: T;
}

type Page = components['schemas']['QueryResult'];

/** The shortest client that these tests can do with: one token, no retries, no checks. */
export class Client {
	private constructor(
		private readonly api: AuditApi,
		readonly token: string,
	) {}

	static async connect(api: AuditApi): Promise<Client> {
		return new Client(api, String((await requestToken(api)).body.access_token));
	}

	async get<T = Problem>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
		return await this.send<T>(path, { headers });
	}

	async query<T = Page>(body: unknown, parameters = ''): Promise<Answer<T>> {
		return await this.post<T>(`/audit/query${parameters}`, body);
	}

	async post<T = Page>(address: string, body: unknown): Promise<Answer<T>> {
		const headers = { 'Content-Type': 'application/json' };
		return await this.send<T>(address, { method: 'POST', headers, body: JSON.stringify(body) });
	}

	/** Follows `next` to the end and returns each page. */
	async pages(body: QueryRequest, limit?: number): Promise<AuditEvent[][]> {
		const pages: AuditEvent[][] = [];
		let next: string | null | undefined =
			limit === undefined ? '/audit/query' : `/audit/query?limit=${limit}`;
		while (next) {
			const { status, body: page }: Answer<Page> = await this.post(next, body);
			if (status !== 200) throw new Error(`${status} ${JSON.stringify(page)}`);
			pages.push(page.data);
			next = page.next;
		}
		return pages;
	}

	private async send<T>(address: string, init: RequestInit): Promise<Answer<T>> {
		const response = await fetch(new URL(address, this.api.baseUrl), {
			redirect: 'manual',
			...init,
			headers: { Authorization: `Bearer ${this.token}`, ...init.headers },
		});
		const text = await response.text();
		const isJson = /json/.test(response.headers.get('content-type') ?? '');
		const body = (isJson ? JSON.parse(text) : text) as T;
		return { status: response.status, headers: response.headers, body };
	}
}

/** Ends a request as soon as the server knows of so many. */
export function abortedAt(api: AuditApi, requests: number): AbortSignal {
	const controller = new AbortController();
	const look = () => {
		if (api.requests.length >= requests) controller.abort();
		else setTimeout(look, 2);
	};
	look();
	return controller.signal;
}

export async function requestToken(
	api: AuditApi,
	form: Record<string, string> = {},
	headers: Record<string, string> = {},
): Promise<Answer<Record<string, unknown>>> {
	const credentials = { client_id: api.clientId, client_secret: api.clientSecret };
	const response = await fetch(`${api.baseUrl}/auth/open/connect/token`, {
		method: 'POST',
		headers,
		body: new URLSearchParams({
			grant_type: 'client_credentials',
			scope: 'signicat-api',
			...(headers.Authorization ? {} : credentials),
			...form,
		}),
	});
	const body = (await response.json()) as Record<string, unknown>;
	return { status: response.status, headers: response.headers, body };
}

export const cursorsOf = (events: readonly AuditEvent[]): string[] =>
	events.map(({ cursor }) => cursor);
