import { describe, expect, jest, test } from '@jest/globals';
import type { ApiContext } from '../../../nodes/shared/signicat/context';
import { cacheCredential, type CachedCredential } from '../../../nodes/shared/signicat/credential';
import { ConcurrencyLimiter } from '../../../nodes/shared/signicat/limiter';
import { ACTION_RETRY } from '../../../nodes/shared/signicat/retryPolicy';
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

const tokenOf = async ({ context }: CachedCredential) =>
	(await context.getCredentials<{ oauthTokenData?: unknown }>(TYPE)).oauthTokenData;

describe('cacheCredential', () => {
	test.each([null, true, 'text', {}, { access_token: '' }, { access_token: null }, { error: 'x' }])(
		'withholds %p, with which n8n would never ask for a token',
		async (stored) => {
			const found = await tokenOf(
				cacheCredential(
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
			cacheCredential(
				contextWith(() => ({ access_token: stored }), 'dropped'),
				new Secrets(),
			);
		const cached = open();
		expect(await tokenOf(cached)).toEqual({ access_token: 'first-token' });
		cached.dropToken();
		expect(await tokenOf(cached)).toBeUndefined();
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
		const cached = cacheCredential(context as unknown as ApiContext, new Secrets());
		await expect(tokenOf(cached)).rejects.toThrow('no');
		await tokenOf(cached);
		await tokenOf(cached);
		expect(getCredentials).toHaveBeenCalledTimes(2);
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now - 60_000);
		await tokenOf(cached);
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
			retry: ACTION_RETRY,
			limiter: new ConcurrencyLimiter(4),
			secrets: new Secrets(),
		});
		return { session, context, dropToken };
	};

	test('is one for all requests that were sent with the old token', async () => {
		const refreshOAuth2Token = jest.fn<() => Promise<object>>().mockResolvedValue({});
		const { session, context } = open({ refreshOAuth2Token });
		const sentIn = session.currentRounds();
		await Promise.all([1, 2, 3].map(async () => await session.renewToken(context, sentIn)));
		expect(refreshOAuth2Token).toHaveBeenCalledTimes(1);
		// They are sent again; one that was sent with the new token has had its renewal.
		expect([session.canRenew(sentIn), session.canRenew(session.currentRounds())]).toEqual([
			true,
			false,
		]);
		session.onSuccess();
		expect(session.canRenew(session.currentRounds())).toBe(true);
	});

	test('that did not come about may be tried again', async () => {
		const refreshOAuth2Token = jest.fn<() => Promise<object>>().mockRejectedValue(new Error('no'));
		const { session, context } = open({ refreshOAuth2Token });
		await expect(session.renewToken(context, session.currentRounds())).rejects.toThrow('no');
		expect(session.canRenew(session.currentRounds())).toBe(true);
	});

	test('withholds the old token where n8n has no helper for it', async () => {
		const { session, context, dropToken } = open({});
		await session.renewToken(context, session.currentRounds());
		expect(dropToken).toHaveBeenCalledTimes(1);
	});
});
