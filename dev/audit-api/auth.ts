import { randomBytes } from 'node:crypto';
import type { components } from '../../nodes/shared/model/schema';
import { ApiProblem } from './problems';
import type { Behaviour } from './types';

type TokenResponse = components['schemas']['Token'];

/** An error of the token endpoint, which has its own shape. */
export class TokenRefusal extends Error {
	constructor(
		readonly status: number,
		readonly error: string,
		description: string,
	) {
		super(description);
	}
}

interface Issued {
	ordinal: number;
	/** In ms since 1970, by the server's clock. */
	expiresAt: number;
	revoked: boolean;
}

export interface Client {
	clientId: string;
	clientSecret: string;
}

const SCOPE = 'signicat-api';

/** Issues tokens to one client, and recognizes them. */
export class TokenDesk {
	private readonly issued = new Map<string, Issued>();

	constructor(
		private readonly client: Client,
		private readonly now: () => Date,
	) {}

	/**
	 * @param form the fields of the token request
	 * @throws TokenRefusal
	 */
	issue(
		form: Record<string, unknown>,
		authorization: string | undefined,
		{ clientAuthentication, tokenLifetimeSeconds }: Behaviour,
	): TokenResponse {
		this.authenticate(form, authorization, clientAuthentication);
		if (form.grant_type !== 'client_credentials') {
			throw new TokenRefusal(400, 'unsupported_grant_type', 'Only client_credentials is supported');
		}
		if (
			!String(form.scope ?? '')
				.split(' ')
				.includes(SCOPE)
		) {
			throw new TokenRefusal(400, 'invalid_scope', `The scope ${SCOPE} is needed`);
		}
		const token = randomBytes(32).toString('base64url');
		this.issued.set(token, {
			ordinal: this.issued.size + 1,
			expiresAt: this.now().getTime() + tokenLifetimeSeconds * 1000,
			revoked: false,
		});
		return {
			access_token: token,
			expires_in: tokenLifetimeSeconds,
			token_type: 'Bearer',
			scope: SCOPE,
		};
	}

	/** The token of a request, valid or not; undefined if there is none, or one that was not issued here. */
	find(authorization: string | undefined): Issued | undefined {
		return this.issued.get(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
	}

	/** @throws ApiProblem 401 */
	check(authorization: string | undefined): void {
		const token = this.find(authorization);
		if (!token || token.revoked || token.expiresAt <= this.now().getTime()) {
			throw new ApiProblem(
				401,
				'invalid_token',
				'The access token is missing, unknown or expired, or lacks a permission',
			);
		}
	}

	/** All issued tokens, oldest first. */
	get tokens(): string[] {
		return [...this.issued.keys()];
	}

	revokeAll(): void {
		for (const token of this.issued.values()) token.revoked = true;
	}

	private authenticate(
		form: Record<string, unknown>,
		authorization: string | undefined,
		accepted: Behaviour['clientAuthentication'],
	): void {
		const basic = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
		const inBody = form.client_id !== undefined || form.client_secret !== undefined;
		if (basic !== undefined && inBody) {
			throw new TokenRefusal(400, 'invalid_request', 'The client authenticated in two ways');
		}
		const candidates: Client[] = [];
		if (basic !== undefined && accepted !== 'body') candidates.push(...readBasic(basic));
		if (inBody && accepted !== 'basic') {
			candidates.push({
				clientId: String(form.client_id),
				clientSecret: String(form.client_secret),
			});
		}
		const { clientId, clientSecret } = this.client;
		const isKnown = candidates.some(
			(one) => one.clientId === clientId && one.clientSecret === clientSecret,
		);
		if (!isKnown) throw new TokenRefusal(401, 'invalid_client', 'Client authentication failed');
	}
}

/**
 * RFC 6749 requires the client ID and secret to be form-encoded before they become Basic credentials. Many
 * clients skip that, so both readings are accepted.
 */
function readBasic(credentials: string): Client[] {
	const [, clientId = '', clientSecret = ''] =
		/^([^:]*):([^]*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
	const raw = { clientId, clientSecret };
	try {
		return [raw, { clientId: formDecode(clientId), clientSecret: formDecode(clientSecret) }];
	} catch {
		return [raw];
	}
}

function formDecode(text: string): string {
	return decodeURIComponent(text.replace(/\+/g, ' '));
}
