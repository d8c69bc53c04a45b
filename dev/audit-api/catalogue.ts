import type { Random } from './random';

/** What one kind of generated event looks like. */
export interface EventKind {
	serviceName: string;
	eventType: string;
	/** How frequent it is, relative to the others. */
	weight: number;
	message(random: Random): string;
	/** The properties that it can be queried by. */
	indexedData?(random: Random): Record<string, string>;
	data?(random: Random): unknown;
}

const IDPS = ['nbid', 'sbid', 'mitid', 'ftn', 'idin', 'itsme'];

/** Text that a careless consumer would run, fail on, or display incorrectly. */
export const AWKWARD_TEXTS = [
	'<script>alert("audit")</script>',
	'=1+1',
	'+1-2',
	'@SUM(A1:A9)',
	'-2+3',
	'<!channel> please look',
	'*bold* _italic_ `code` & <@U0042>',
	'He said "no", then left; twice',
	'first line\nsecond line\r\nthird line',
	'tab\there, comma, semicolon; end',
	"it's \\ escaped {{ $json.cursor }}",
	'Blåbærsyltetøy på brød',
	'监査ログ – журнал аудита',
	'family 👩‍👩‍👧 and a zero\u200bwidth space',
	'',
];

/** Signicat guarantees none of these names and services; a few are known from its public pages. */
export const EVENT_KINDS: readonly EventKind[] = [
	{
		serviceName: 'Broker',
		eventType: 'authn_response',
		weight: 12,
		message: (random) =>
			random.chance(0.9) ? 'Authentication completed' : 'Authentication failed',
		indexedData: (random) => ({
			Idp: random.pick(IDPS),
			Result: random.chance(0.9) ? 'success' : 'failure',
		}),
		data: (random) => ({
			transaction: { id: `tx-${random.hex(8)}`, steps: random.below(5) + 1 },
			levelOfAssurance: random.pick(['low', 'substantial', 'high']),
			attributes: [{ name: 'country', value: random.pick(['NO', 'SE', 'DK', 'FI', 'NL']) }],
		}),
	},
	{
		serviceName: 'Broker',
		eventType: 'authn_request',
		weight: 8,
		message: () => 'Authentication started',
		indexedData: (random) => ({ Idp: random.pick(IDPS) }),
		data: (random) => ({ transaction: { id: `tx-${random.hex(8)}` }, prompt: null }),
	},
	{
		serviceName: 'signature-api',
		eventType: 'order.completed',
		weight: 5,
		message: () => 'Signature order completed',
		indexedData: (random) => ({ OrderStatus: 'completed', Signers: String(random.below(4) + 1) }),
		data: (random) => ({
			order: {
				documents: random.below(6),
				packaging: ['pades', null],
				durationMs: random.below(9e6),
			},
		}),
	},
	{
		serviceName: 'signature-api',
		eventType: 'order.created',
		weight: 4,
		message: () => 'Signature order created',
		indexedData: () => ({ OrderStatus: 'created' }),
		data: (random) => ({
			order: { documents: random.below(6), title: random.pick(AWKWARD_TEXTS) },
		}),
	},
	{
		serviceName: 'mobileid',
		eventType: 'device.state.change',
		weight: 4,
		message: () => 'Device state changed',
		indexedData: (random) => ({ DeviceState: random.pick(['active', 'locked', 'deleted']) }),
		data: (random) => ({ before: 'active', after: random.pick(['active', 'locked', 'deleted']) }),
	},
	{
		serviceName: 'dashboard',
		eventType: 'user.login',
		weight: 3,
		message: () => 'User logged in',
		data: (random) => ({ mfa: random.chance(0.8), browser: random.pick(AWKWARD_TEXTS) }),
	},
	{
		serviceName: 'dashboard',
		eventType: 'apiclient.secret.created',
		weight: 1,
		message: (random) => `Secret created for client ${random.hex(4)}`,
		indexedData: () => ({ Actor: 'dashboard' }),
	},
	{
		serviceName: 'audit-test',
		eventType: 'awkward.text',
		weight: 2,
		message: (random) => random.pick(AWKWARD_TEXTS),
		indexedData: (random) => ({ Note: random.pick(AWKWARD_TEXTS) }),
		data: (random) => [
			random.pick(AWKWARD_TEXTS),
			{ deep: { deeper: random.pick(AWKWARD_TEXTS) } },
		],
	},
];

/** Services that belong to the target "Audit"; all others belong to "Default". */
export const AUDIT_SERVICES: ReadonlySet<string> = new Set(['dashboard']);
