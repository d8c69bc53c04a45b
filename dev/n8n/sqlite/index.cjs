/**
 * The part of the `sqlite3` package that n8n's database layer calls, based on Node's own `node:sqlite`.
 *
 * n8n's driver is C++, and its npm package has no binary: the binary is fetched from GitHub or compiled on
 * installation. This driver needs neither, so n8n runs wherever Node and npm do. It has the same engine, file format
 * and SQL; a query runs synchronously instead of on another thread.
 */
const { DatabaseSync } = require('node:sqlite');

const OPEN_READONLY = 1;
const OPEN_READWRITE = 2;
const OPEN_CREATE = 4;

/** SQLite's primary result codes by number, which `sqlite3` prefixes to its messages. */
const CODES = {
	1: 'SQLITE_ERROR',
	5: 'SQLITE_BUSY',
	6: 'SQLITE_LOCKED',
	7: 'SQLITE_NOMEM',
	8: 'SQLITE_READONLY',
	10: 'SQLITE_IOERR',
	11: 'SQLITE_CORRUPT',
	13: 'SQLITE_FULL',
	14: 'SQLITE_CANTOPEN',
	18: 'SQLITE_TOOBIG',
	19: 'SQLITE_CONSTRAINT',
	20: 'SQLITE_MISMATCH',
	21: 'SQLITE_MISUSE',
	25: 'SQLITE_RANGE',
	26: 'SQLITE_NOTADB',
};

/** An error with the message and the fields of `sqlite3`. */
function toDriverError(error) {
	if (typeof error.errcode !== 'number') return error;
	const errno = error.errcode & 0xff;
	const code = CODES[errno] ?? 'SQLITE_ERROR';
	return Object.assign(new Error(`${code}: ${error.message}`), { errno, code });
}

function toSqlValue(value) {
	if (value === undefined || value === null) return null;
	if (typeof value === 'boolean') return value ? 1n : 0n;
	// Node binds every number as a float, which a TEXT column would store as "5.0".
	if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
	if (value instanceof Date) return BigInt(value.getTime());
	if (typeof value === 'object' && !ArrayBuffer.isView(value)) return String(value);
	return value;
}

function fromSqlValue(value) {
	if (typeof value === 'bigint') return Number(value);
	return value instanceof Uint8Array ? Buffer.from(value) : value;
}

function fromSqlRow(row) {
	return Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, fromSqlValue(value)]),
	);
}

/** Normalizes `(sql, callback)`, `(sql, parameters, callback)` and `(sql, ...parameters, callback)`. */
function parseArguments(args) {
	const callback = typeof args.at(-1) === 'function' ? args.at(-1) : undefined;
	const rest = callback ? args.slice(0, -1) : args;
	const values = rest.length === 1 && Array.isArray(rest[0]) ? [...rest[0]] : rest;
	while (values.length > 0 && values.at(-1) === undefined) values.pop();
	return { values: values.map(toSqlValue), callback };
}

class Database {
	constructor(filename, ...rest) {
		const mode = typeof rest[0] === 'number' ? rest[0] : OPEN_READWRITE | OPEN_CREATE;
		const callback = rest.find((argument) => typeof argument === 'function');
		this.filename = filename;
		this.#settle(callback, () => {
			this.connection = new DatabaseSync(filename, {
				readOnly: (mode & OPEN_READONLY) !== 0,
				enableForeignKeyConstraints: false,
				enableDoubleQuotedStringLiterals: true,
				// One of n8n's migrations edits sqlite_master.
				defensive: false,
				timeout: 1000,
			});
		});
	}

	/** Runs one statement; the callback's `this` has `lastID` and `changes`. */
	run(sql, ...args) {
		const { values, callback } = parseArguments(args);
		return this.#settle(callback, (outcome) => {
			const { lastInsertRowid, changes } = this.#prepare(sql).run(...values);
			outcome.lastID = Number(lastInsertRowid);
			outcome.changes = Number(changes);
		});
	}

	/** Runs one statement and passes all its rows to the callback. */
	all(sql, ...args) {
		const { values, callback } = parseArguments(args);
		return this.#settle(callback, () =>
			this.#prepare(sql)
				.all(...values)
				.map(fromSqlRow),
		);
	}

	/** Runs one statement and passes its first row to the callback. */
	get(sql, ...args) {
		const { values, callback } = parseArguments(args);
		return this.#settle(callback, () => {
			const row = this.#prepare(sql).get(...values);
			return row && fromSqlRow(row);
		});
	}

	/** Runs all statements of a script. */
	exec(sql, callback) {
		return this.#settle(callback, () => this.connection.exec(sql));
	}

	close(callback) {
		return this.#settle(callback, () => this.connection.close());
	}

	#prepare(sql) {
		const statement = this.connection.prepare(sql);
		statement.setReadBigInts(true);
		return statement;
	}

	/** Does the work immediately and calls back later, like the original. */
	#settle(callback, work) {
		const outcome = {};
		let failure = null;
		let result;
		try {
			result = work(outcome);
		} catch (error) {
			failure = toDriverError(error);
		}
		setImmediate(() => {
			if (callback) callback.call(outcome, failure, result);
			else if (failure) throw failure;
		});
		return this;
	}
}

module.exports = {
	Database,
	OPEN_READONLY,
	OPEN_READWRITE,
	OPEN_CREATE,
	OPEN_URI: 0x40,
	verbose: () => module.exports,
};
