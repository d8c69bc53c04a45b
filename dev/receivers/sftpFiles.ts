import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Attributes, type SFTPWrapper, utils } from 'ssh2';

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

interface OpenFolder {
	entries: string[] | undefined;
	folder: string;
}

/** Answers what a client asks of a session, with the files of one folder, which nothing leads out of. */
export function serveFiles(sftp: SFTPWrapper, home: string): void {
	const handles = new Map<number, FileHandle | OpenFolder>();
	let nextHandle = 0;

	/** A client's path, absolute or relative to the folder in which a login starts. */
	const posix = (name: string): string => path.posix.resolve('/', name);
	const local = (name: string): string => path.join(home, posix(name));
	const remember = (id: number, opened: FileHandle | OpenFolder): void => {
		const handle = Buffer.alloc(4);
		handle.writeUInt32BE(nextHandle);
		handles.set(nextHandle++, opened);
		sftp.handle(id, handle);
	};
	const find = (handle: Buffer) => handles.get(handle.length === 4 ? handle.readUInt32BE() : -1);
	const findFile = (handle: Buffer): FileHandle => {
		const found = find(handle);
		if (!found || 'entries' in found) throw new Error('Not the handle of a file');
		return found;
	};
	/** Runs a request; unless it answers by itself, the answer is that it succeeded. */
	const answer = (id: number, work: () => Promise<'answered' | void>): void => {
		work().then(
			(done) => done ?? sftp.status(id, STATUS_CODE.OK),
			(error: NodeJS.ErrnoException) => sftp.status(id, codeOf(error), error.code),
		);
	};
	const answered = (): 'answered' => 'answered';

	sftp.on('REALPATH', (id, name) => {
		sftp.name(id, [{ filename: posix(name), longname: posix(name), attrs: NO_ATTRIBUTES }]);
	});
	const onStat = (id: number, name: string): void =>
		answer(id, async () => {
			sftp.attrs(id, await attributesOf(local(name)));
			return answered();
		});
	sftp.on('STAT', onStat).on('LSTAT', onStat);
	sftp.on('FSTAT', (id, handle) =>
		answer(id, async () => {
			sftp.attrs(id, attributesFrom(await findFile(handle).stat()));
			return answered();
		}),
	);
	sftp.on('OPEN', (id, name, flags) =>
		answer(id, async () => {
			remember(id, await open(local(name), systemFlags(flags)));
			return answered();
		}),
	);
	sftp.on('WRITE', (id, handle, offset, data) =>
		answer(id, async () => {
			await findFile(handle).write(data, 0, data.length, offset);
		}),
	);
	sftp.on('READ', (id, handle, offset, length) =>
		answer(id, async () => {
			const { bytesRead, buffer } = await findFile(handle).read({
				buffer: Buffer.alloc(length),
				position: offset,
			});
			if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
			else sftp.data(id, buffer.subarray(0, bytesRead));
			return answered();
		}),
	);
	sftp.on('OPENDIR', (id, name) =>
		answer(id, async () => {
			remember(id, { folder: local(name), entries: await readdir(local(name)) });
			return answered();
		}),
	);
	sftp.on('READDIR', (id, handle) =>
		answer(id, async () => {
			const found = find(handle);
			if (!found || !('entries' in found)) throw new Error('Not the handle of a folder');
			const { entries, folder } = found;
			found.entries = undefined;
			if (!entries) sftp.status(id, STATUS_CODE.EOF);
			else sftp.name(id, await Promise.all(entries.map(async (it) => await nameOf(folder, it))));
			return answered();
		}),
	);
	sftp.on('CLOSE', (id, handle) =>
		answer(id, async () => {
			const found = find(handle);
			handles.delete(handle.readUInt32BE());
			if (found && !('entries' in found)) await found.close();
		}),
	);
	sftp.on('MKDIR', (id, name) => answer(id, async () => void (await mkdir(local(name)))));
	sftp.on('RMDIR', (id, name) => answer(id, async () => await rmdir(local(name))));
	sftp.on('REMOVE', (id, name) => answer(id, async () => await rm(local(name))));
	sftp.on('RENAME', (id, from, to) => answer(id, async () => await rename(local(from), local(to))));
	// Times and permissions that a client sets do not matter here.
	sftp.on('SETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
	sftp.on('FSETSTAT', (id) => sftp.status(id, STATUS_CODE.OK));
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

async function nameOf(folder: string, filename: string) {
	const attrs = await attributesOf(path.join(folder, filename));
	// What `ls -l` prints: clients read the owner and the permissions from it.
	const kind = (attrs.mode & constants.S_IFMT) === constants.S_IFDIR ? 'drwxr-xr-x' : '-rw-r--r--';
	return { filename, longname: `${kind} 1 n8n n8n ${attrs.size} Jan 1 2026 ${filename}`, attrs };
}

async function attributesOf(file: string): Promise<Attributes> {
	return attributesFrom(await stat(file));
}

function attributesFrom(stats: Awaited<ReturnType<typeof stat>>): Attributes {
	const { mode, uid, gid, size, atimeMs, mtimeMs } = stats;
	const seconds = (ms: number | bigint) => Math.floor(Number(ms) / 1000);
	return {
		mode: Number(mode),
		uid: Number(uid),
		gid: Number(gid),
		size: Number(size),
		atime: seconds(atimeMs),
		mtime: seconds(mtimeMs),
	};
}

/** The flags of the protocol as those of the operating system. */
function systemFlags(flags: number): number {
	const reads = (flags & OPEN_MODE.READ) !== 0;
	const writes = (flags & OPEN_MODE.WRITE) !== 0;
	const both = reads ? constants.O_RDWR : constants.O_WRONLY;
	return (
		(writes ? both : constants.O_RDONLY) |
		(flags & OPEN_MODE.APPEND ? constants.O_APPEND : 0) |
		(flags & OPEN_MODE.CREAT ? constants.O_CREAT : 0) |
		(flags & OPEN_MODE.TRUNC ? constants.O_TRUNC : 0) |
		(flags & OPEN_MODE.EXCL ? constants.O_EXCL : 0)
	);
}

function codeOf({ code }: NodeJS.ErrnoException): number {
	if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
	if (code === 'EACCES' || code === 'EPERM') return STATUS_CODE.PERMISSION_DENIED;
	return STATUS_CODE.FAILURE;
}
