import { parseArgs } from 'node:util';
import { DENSITIES, type Density, DENSITY_NAMES } from './densities';
import { startAuditApi } from './index';

const USAGE = `Starts a local Audit API, for trying the nodes without an account.

  npm run audit-api -- [--port N] [--events N] [--seed N]
                       [--from T --to T] [--density NAME] [--control] [--prepared]

  --port N     the port; 4010 by default, 0 for any free port
  --events N   the number of events, 3000 by default
  --seed N     generates other events; 1 by default
  --from, --to the range of the events, ISO 8601; the last 30 days by default
  --density    how the events lie in that range: ${DENSITY_NAMES.join(', ')}
  --prepared   prepares its responses in advance and validates none of them, for benchmarks
  --control    lets another process control it, under /_control
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			events: { type: 'string', default: '3000' },
			seed: { type: 'string', default: '1' },
			from: { type: 'string' },
			to: { type: 'string' },
			density: { type: 'string' },
			prepared: { type: 'boolean', default: false },
			control: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) return say(USAGE);

	const api = await startAuditApi({
		port: wholeNumber('--port', values.port, 65_535),
		eventCount: wholeNumber('--events', values.events, 1_000_000),
		seed: wholeNumber('--seed', values.seed, 2 ** 32 - 1),
		...(values.from && values.to && { span: { from: values.from, to: values.to } }),
		...(values.density !== undefined && { density: densityNamed(values.density) }),
		prepared: values.prepared,
		control: values.control,
	});
	const [newest] = api.events;
	const oldest = api.events[api.events.length - 1];
	say(`
  The local Audit API is running. Use these in a credential of the type Signicat OAuth2 API:

    Base URL        ${api.baseUrl}
    Client ID       ${api.clientId}
    Client Secret   ${api.clientSecret}

  It has ${api.events.length} events${newest && oldest ? `, from ${oldest.timestamp} to ${newest.timestamp}` : ''}.
  Press Ctrl-C to stop it.
`);
	const stop = () => void api.stop().then(() => process.exit(0));
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

function wholeNumber(name: string, text: string, most: number): number {
	const value = Number(text);
	if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value;
	throw new Error(`${name} needs a whole number from 0 to ${most}, not "${text}".`);
}

function densityNamed(name: string): Density {
	const found = DENSITY_NAMES.find((known) => known === name);
	if (found) return DENSITIES[found];
	throw new Error(`--density knows ${DENSITY_NAMES.join(', ')}, not "${name}".`);
}

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

main().catch((error: NodeJS.ErrnoException & { port?: number }) => {
	const isTaken = error.code === 'EADDRINUSE';
	const reason = isTaken
		? `Port ${error.port} is in use. Stop the program that uses it, or choose another one with --port.`
		: error.message;
	process.stderr.write(`${reason}\n`);
	process.exitCode = 1;
});
