const SAME_CTRL_C_MS = 500;

/** What stops everything that was started. */
export interface Stopper {
	add(action: () => Promise<void>): void;
	now(): Promise<void>;
	readonly isStopping: boolean;
}

/** The first Ctrl-C stops everything in reverse order of starting; a second one ends the process immediately. */
export function stopOnSignals(say: (line: string) => void): Stopper {
	const actions: Array<() => Promise<void>> = [];
	let isStopping = false;
	let stoppingSince = 0;
	const now = async (): Promise<void> => {
		isStopping = true;
		for (const action of actions.reverse()) await action();
	};
	const onSignal = (): void => {
		// npm forwards the Ctrl-C that the terminal has already sent here: that is one, not two.
		if (isStopping && Date.now() - stoppingSince < SAME_CTRL_C_MS) return;
		if (isStopping) process.exit(130);
		stoppingSince = Date.now();
		say('\nStopping. Press Ctrl-C again to quit immediately.');
		now().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
	return {
		add: (action) => actions.push(action),
		now,
		get isStopping() {
			return isStopping;
		},
	};
}
