import { describe, expect, jest, test } from '@jest/globals';
import type { ApiContext } from '../../../nodes/shared/signicat/context';
import { shareCredential, type SharedCredential } from '../../../nodes/shared/signicat/credential';
import { RequestGate } from '../../../nodes/shared/signicat/limiter';
import { ACTION_PATIENCE } from '../../../nodes/shared/signicat/retryPolicy';
import { Secrets } from '../../../nodes/shared/signicat/redact';
import { Session } from '../../../nodes/shared/signicat/session';

const TYPE = 'signicatOAuth2Api';

/** A context whose credential has this token, by an id of its own. */
function contextWith(token: () => unknown, id: string): ApiContext {
	return {
		getNode: () => ({ credentials: { [TYPE]: { id } } }),
		getCredentials: async () => ({ clientSecret: 'a-secret', oauthTokenData: token() }),
	} as unknown as ApiContext;
}

const tokenOf = async ({ context }: SharedCredential) =>
	(await context.getCredentials<{ oauthTokenData?: unknown }>(TYPE)).oauthTokenData;

describe('shareCredential', () => {
	test.each([null, true, 'text', {}, { access_token: '' }, { access_token: null }, { error: 'x' }])(
		'withholds %p, with which n8n would never ask for a token',
		async (stored) => {
			const found = await tokenOf(
				shareCredential(
					contextWith(() => stored, 'odd'),
					new Secrets(),
				),
			);
			expect(found).toBeUndefined();
		},
	);

	test('withholds a token that was dropped, from later clients too, and no other', async () => {
		let stored = 'first-token';
		const open = () =>
			shareCredential(
				contextWith(() => ({ access_token: stored }), 'dropped'),
				new Secrets(),
			);
		const shared = open();
		expect(await tokenOf(shared)).toEqual({ access_token: 'first-token' });
		shared.dropToken();
		expect(await tokenOf(shared)).toBeUndefined();
		expect(await tokenOf(open())).toBeUndefined();
		stored = 'second-token';
		expect(await tokenOf(open())).toEqual({ access_token: 'second-token' });
	});

	test('asks again after a reading that failed, and when the clock went back', async () => {
		const getCredentials = jest
			.fn<() => Promise<object>>()
			.mockRejectedValueOnce(new Error('no'))
			.mockResolvedValue({});
		const context = { ...contextWith(() => undefined, 'failing'), getCredentials };
		const shared = shareCredential(context as unknown as ApiContext, new Secrets());
		await expect(tokenOf(shared)).rejects.toThrow('no');
		await tokenOf(shared);
		await tokenOf(shared);
		expect(getCredentials).toHaveBeenCalledTimes(2);
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 60_000);
		await tokenOf(shared);
		clock.mockRestore();
		expect(getCredentials).toHaveBeenCalledTimes(3);
	});
});

describe('the renewal of a token', () => {
	const open = (helpers: object) => {
		const dropToken = jest.fn();
		const learnSecrets = jest.fn();
		const context = { helpers } as unknown as ApiContext;
		const session = new Session({
			credential: { context, dropToken, learnSecrets },
			connection: { baseUrl: '', query: {}, headers: {} },
			patience: ACTION_PATIENCE,
			gate: new RequestGate(4),
			secrets: new Secrets(),
		});
		return { session, context, dropToken };
	};

	test('is one for all requests that were sent with the old token', async () => {
		const refreshOAuth2Token = jest.fn<() => Promise<object>>().mockResolvedValue({});
		const { session, context } = open({ refreshOAuth2Token });
		const sent = session.sent();
		await Promise.all([1, 2, 3].map(async () => await session.renewToken(context, sent)));
		expect(refreshOAuth2Token).toHaveBeenCalledTimes(1);
		// They are sent again; one that was sent with the new token has had its renewal.
		expect([session.canRenew(sent), session.canRenew(session.sent())]).toEqual([true, false]);
		session.succeeded();
		expect(session.canRenew(session.sent())).toBe(true);
	});

	test('that did not come about may be tried again', async () => {
		const refreshOAuth2Token = jest.fn<() => Promise<object>>().mockRejectedValue(new Error('no'));
		const { session, context } = open({ refreshOAuth2Token });
		await expect(session.renewToken(context, session.sent())).rejects.toThrow('no');
		expect(session.canRenew(session.sent())).toBe(true);
	});

	test('withholds the old token where n8n has no helper for it', async () => {
		const { session, context, dropToken } = open({});
		await session.renewToken(context, session.sent());
		expect(dropToken).toHaveBeenCalledTimes(1);
	});
});
