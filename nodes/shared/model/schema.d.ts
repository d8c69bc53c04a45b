// Generated from docs/openapi.yaml by `npm run types`. Do not edit.

export interface paths {
	'/auth/open/connect/token': {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		get?: never;
		put?: never;
		/** Exchange client credentials for an access token */
		post: operations['requestToken'];
		delete?: never;
		options?: never;
		head?: never;
		patch?: never;
		trace?: never;
	};
	'/audit/query/cursor/{cursor}': {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		/** Read one event by its cursor */
		get: operations['getAuditLog'];
		put?: never;
		post?: never;
		delete?: never;
		options?: never;
		head?: never;
		patch?: never;
		trace?: never;
	};
	'/audit/query/metadata': {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		/** List the targets, services and event types that can be queried */
		get: operations['getMetadata'];
		put?: never;
		post?: never;
		delete?: never;
		options?: never;
		head?: never;
		patch?: never;
		trace?: never;
	};
	'/audit/query/properties': {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		/**
		 * List the properties of a service's events
		 * @description Inferred: the path. Signicat documents its parameters.
		 */
		get: operations['getProperties'];
		put?: never;
		post?: never;
		delete?: never;
		options?: never;
		head?: never;
		patch?: never;
		trace?: never;
	};
	'/audit/query': {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		get?: never;
		put?: never;
		/**
		 * Read the events of a range, newest first, page by page
		 * @description Inferred: the method and the path. Signicat documents the parameters, the body and the
		 *     response. There is no order but newest first.
		 */
		post: operations['queryAuditLogs'];
		delete?: never;
		options?: never;
		head?: never;
		patch?: never;
		trace?: never;
	};
}
export type webhooks = Record<string, never>;
export interface components {
	schemas: {
		TokenRequest: {
			/** @description `client_credentials` */
			grant_type: string;
			/** @description `signicat-api` */
			scope?: string;
			client_id?: string;
			client_secret?: string;
		};
		Token: {
			access_token: string;
			/** @description Lifetime in seconds, 1 to 3600; 600 unless the account says otherwise. */
			expires_in: number;
			token_type: string;
			scope?: string;
		};
		TokenError: {
			error: string;
			error_description?: string;
		};
		/**
		 * @description One audit event. Signicat documents the names. Inferred: every field except `cursor` and
		 *     `timestamp` can be missing or null, and there can be more fields.
		 */
		AuditLog: {
			/** @description Opaque. Inferred: unique and stable, hence the identity of the event. */
			cursor: string;
			/**
			 * Format: date-time
			 * @description Inferred: with up to seven fractional digits.
			 */
			timestamp: string;
			accountId?: string | null;
			organizationId?: string | null;
			/** @description The service that wrote the event, for example `Broker`. */
			serviceName?: string | null;
			/** @description What happened, for example `authn_response`. */
			eventType?: string | null;
			message?: string | null;
			sandbox?: boolean | null;
			userId?: string | null;
			messageId?: string | null;
			referenceId?: string | null;
			ipAddress?: string | null;
			traceId?: string | null;
			clientId?: string | null;
			jwtId?: string | null;
			/** Format: date-time */
			expiresAt?: string | null;
			/** @description Any JSON. */
			data?: unknown;
			indexedData?: {
				[key: string]: string;
			} | null;
			/** @description Inferred: the listed event is truncated, and reading it by its cursor returns all of it. */
			mayHaveMoreData?: boolean | null;
		} & {
			[key: string]: unknown;
		};
		Metadata: {
			extended?: boolean;
			/**
			 * @description Inferred: objects with a name and `services`, which in turn have a name and `eventTypes`.
			 *     Not constrained here, because Signicat does not say what a target contains.
			 */
			targets: unknown[];
		};
		Properties: {
			/** @description Inferred: names, or objects with a name. */
			properties: unknown[];
		};
		QueryRequest: {
			/** @description All conditions must match. */
			and?: components['schemas']['QueryCondition'][] | null;
			/**
			 * Format: date-time
			 * @description The earliest time; 30 days before `to` when omitted. Inferred: inclusive.
			 */
			from?: string | null;
			/**
			 * Format: date-time
			 * @description The end, exclusive; now when omitted.
			 */
			to?: string | null;
		};
		QueryCondition: {
			/** @description Inferred: the name of a field of the event, or of a property. */
			field: string;
			/** @description Inferred: `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin` or `regex`. */
			operator: string;
			/** @description Inferred: any JSON. */
			value?: unknown;
		};
		QueryResult: {
			data: components['schemas']['AuditLog'][];
			/**
			 * @description The URL of the next page. As long as there is one, there may be more events, even after an
			 *     empty page. Inferred: absolute, and requested with the same method and body.
			 */
			next?: string | null;
			/** Format: date-time */
			from?: string | null;
			/** Format: date-time */
			to?: string | null;
		};
		/** @description Inferred: also the shape of the response at a rate limit. A body can be missing, or not be JSON. */
		Problem: {
			type?: string | null;
			title?: string | null;
			detail?: string | null;
			/** @description For example `invalid_token` or `invalid_request_parameter`. */
			code?: string | null;
			status?: number | null;
			/** @description What Signicat's support asks for. */
			traceId?: string | null;
			invalidParams?:
				| {
						name?: string | null;
						reason?: string | null;
				  }[]
				| null;
		};
	};
	responses: {
		/** @description No token was issued; the error says why. */
		TokenRefused: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/json': components['schemas']['TokenError'];
			};
		};
		/** @description A parameter or the body is invalid; `invalidParams` says which. */
		InvalidRequest: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
		/** @description The token is unknown, has expired, or lacks permissions. */
		Unauthorized: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
		/** @description The client is known, but lacks permission to read the audit log. */
		Forbidden: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
		/** @description Inferred: there is no event with this cursor. */
		NotFound: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
		/** @description Inferred: the rate limit is reached. */
		TooManyRequests: {
			headers: {
				/** @description Seconds, or an HTTP date. */
				'Retry-After'?: string;
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
		/** @description Any other failure. */
		Failed: {
			headers: {
				[name: string]: unknown;
			};
			content: {
				'application/problem+json': components['schemas']['Problem'];
			};
		};
	};
	parameters: {
		/** @description Inferred: has no effect, because the client already belongs to one account. */
		AccountId: string;
		/** @description Inferred: selects an organization of the account. */
		OrganizationId: string;
		/** @description Inferred: the same as the query parameter. */
		OrganizationIdHeader: string;
	};
	requestBodies: never;
	headers: never;
	pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
	requestToken: {
		parameters: {
			query?: never;
			header?: never;
			path?: never;
			cookie?: never;
		};
		requestBody: {
			content: {
				'application/x-www-form-urlencoded': components['schemas']['TokenRequest'];
			};
		};
		responses: {
			/** @description A new token. */
			200: {
				headers: {
					[name: string]: unknown;
				};
				content: {
					'application/json': components['schemas']['Token'];
				};
			};
			400: components['responses']['TokenRefused'];
			401: components['responses']['TokenRefused'];
			default: components['responses']['TokenRefused'];
		};
	};
	getAuditLog: {
		parameters: {
			query?: {
				/** @description Inferred: has no effect, because the client already belongs to one account. */
				'signicat-accountId'?: components['parameters']['AccountId'];
				/** @description Inferred: selects an organization of the account. */
				'signicat-organizationId'?: components['parameters']['OrganizationId'];
			};
			header?: {
				/** @description Inferred: the same as the query parameter. */
				'Signicat-OrganizationId'?: components['parameters']['OrganizationIdHeader'];
			};
			path: {
				/** @description Opaque. It can contain `/`, `+`, `=` and `%`, so it is percent-encoded. */
				cursor: string;
			};
			cookie?: never;
		};
		requestBody?: never;
		responses: {
			/** @description The whole event. */
			200: {
				headers: {
					[name: string]: unknown;
				};
				content: {
					'application/json': components['schemas']['AuditLog'];
				};
			};
			400: components['responses']['InvalidRequest'];
			401: components['responses']['Unauthorized'];
			403: components['responses']['Forbidden'];
			404: components['responses']['NotFound'];
			429: components['responses']['TooManyRequests'];
			default: components['responses']['Failed'];
		};
	};
	getMetadata: {
		parameters: {
			query?: {
				/** @description Inferred: has no effect, because the client already belongs to one account. */
				'signicat-accountId'?: components['parameters']['AccountId'];
				/** @description Inferred: selects an organization of the account. */
				'signicat-organizationId'?: components['parameters']['OrganizationId'];
			};
			header?: {
				/** @description Inferred: the same as the query parameter. */
				'Signicat-OrganizationId'?: components['parameters']['OrganizationIdHeader'];
			};
			path?: never;
			cookie?: never;
		};
		requestBody?: never;
		responses: {
			/** @description The targets with their services and event types. */
			200: {
				headers: {
					[name: string]: unknown;
				};
				content: {
					'application/json': components['schemas']['Metadata'];
				};
			};
			401: components['responses']['Unauthorized'];
			403: components['responses']['Forbidden'];
			429: components['responses']['TooManyRequests'];
			default: components['responses']['Failed'];
		};
	};
	getProperties: {
		parameters: {
			query: {
				target: string;
				serviceName: string;
				eventType?: string;
				/** @description Inferred: has no effect, because the client already belongs to one account. */
				'signicat-accountId'?: components['parameters']['AccountId'];
				/** @description Inferred: selects an organization of the account. */
				'signicat-organizationId'?: components['parameters']['OrganizationId'];
			};
			header?: {
				/** @description Inferred: the same as the query parameter. */
				'Signicat-OrganizationId'?: components['parameters']['OrganizationIdHeader'];
			};
			path?: never;
			cookie?: never;
		};
		requestBody?: never;
		responses: {
			/** @description The properties. */
			200: {
				headers: {
					[name: string]: unknown;
				};
				content: {
					'application/json': components['schemas']['Properties'];
				};
			};
			400: components['responses']['InvalidRequest'];
			401: components['responses']['Unauthorized'];
			403: components['responses']['Forbidden'];
			429: components['responses']['TooManyRequests'];
			default: components['responses']['Failed'];
		};
	};
	queryAuditLogs: {
		parameters: {
			query?: {
				/** @description Events per page. At most 1000, and 1000 when omitted. */
				limit?: number;
				/** @description Where the page begins. It comes with `next`; a client never makes one up. */
				cursor?: string;
				/** @description Inferred: has no effect, because the client already belongs to one account. */
				'signicat-accountId'?: components['parameters']['AccountId'];
				/** @description Inferred: selects an organization of the account. */
				'signicat-organizationId'?: components['parameters']['OrganizationId'];
			};
			header?: {
				/** @description Inferred: the same as the query parameter. */
				'Signicat-OrganizationId'?: components['parameters']['OrganizationIdHeader'];
			};
			path?: never;
			cookie?: never;
		};
		requestBody: {
			content: {
				'application/json': components['schemas']['QueryRequest'];
			};
		};
		responses: {
			/** @description One page of events. It can be empty although more pages follow. */
			200: {
				headers: {
					[name: string]: unknown;
				};
				content: {
					'application/json': components['schemas']['QueryResult'];
				};
			};
			400: components['responses']['InvalidRequest'];
			401: components['responses']['Unauthorized'];
			403: components['responses']['Forbidden'];
			429: components['responses']['TooManyRequests'];
			default: components['responses']['Failed'];
		};
	};
}
