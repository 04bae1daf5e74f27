/** Reads a configuration file without trusting its path (T17, T20, T34). */

import { isUtf8 } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { close, fstat, lstat, open, read, realpath, stat } from '../../files.ts';
import { utf8Of } from '../../read-bytes.ts';

/** Ten times what a large account needs (T13). */
const LARGEST_FILE = 1_000_000;

const CHUNK = 65_536;

export type FileRead =
  | {
      readonly ok: true;
      readonly text: string /** Its real path, symbolic links resolved. */;
      readonly path: string;
    }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/**
 * Reads a regular file as UTF-8.
 * @param uid the current user; absent if the system has no user ids
 */
export async function readConfigFile(path: string, uid: number | undefined): Promise<FileRead> {
  let fd: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    fd = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    // Checks the opened file, because the path may have changed.
    const stats = await fstat(fd);
    const objection = objectTo(stats) ?? (await objectToOwner(path, stats, uid));
    if (objection) return objection;
    const bytes = await readUpTo(fd, LARGEST_FILE + 1);
    if (bytes.length > LARGEST_FILE) return tooLarge();
    return decode(bytes, await realpath(path));
  } catch (error) {
    return explain(error);
  } finally {
    if (fd !== undefined) await close(fd);
  }
}

function objectTo(stats: Stats): FileRead | undefined {
  if (stats.isDirectory())
    return refuse('this is a directory, not a file', 'Pass the path of the file itself.');
  if (!stats.isFile()) {
    return refuse(
      'this is a pipe, a socket or a device, not a file',
      'Write the configuration to a file and pass its path.',
    );
  }
  return stats.size > LARGEST_FILE ? tooLarge() : undefined;
}

function tooLarge(): FileRead {
  return refuse('the file is larger than 1 MB', 'Split it into several files.');
}

async function objectToOwner(
  path: string,
  file: Stats,
  uid: number | undefined,
): Promise<FileRead | undefined> {
  if (uid === undefined) return undefined;
  const link = await lstat(path);
  const places = [
    { owner: link.uid, directory: await stat(dirname(path)) },
    { owner: file.uid, directory: await stat(dirname(await realpath(path))) },
  ];
  if (!places.some(({ owner, directory }) => isPlanted(owner, directory.mode, uid))) return undefined;
  return refuse(
    'this file belongs to another user and is in a world-writable directory',
    'If you trust it, copy it to a directory of your own.',
  );
}

const STICKY = 0o1000;
const WRITABLE_BY_ALL = 0o002;

/**
 * True for a file that another user may have planted: owned by neither the current user nor root, in
 * a world-writable directory (T34).
 */
export function isPlanted(owner: number, directoryMode: number, uid: number): boolean {
  return owner !== uid && owner !== 0 && (directoryMode & (STICKY | WRITABLE_BY_ALL)) !== 0;
}

/** Some files report no size, and some grow, so the limit is on the bytes read. */
async function readUpTo(fd: number, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length < limit; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, limit - length));
    const { bytesRead } = await read(fd, chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, path: string): FileRead {
  if (!bytes.includes(0) && isUtf8(bytes)) return { ok: true, text: utf8Of(bytes), path };
  return refuse('the file is not UTF-8 text', 'Save it with UTF-8 encoding.');
}

const MEANING: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  ENOENT: ['the file does not exist', 'Check the path.'],
  ENOTDIR: ['the file does not exist', 'Check the path: part of it is not a directory.'],
  EISDIR: ['this is a directory, not a file', 'Pass the path of the file itself.'],
  EACCES: ['the file cannot be read: permission denied', 'Make it readable for the current user.'],
  EPERM: ['the file cannot be read: permission denied', 'Make it readable for the current user.'],
  ELOOP: ['the symbolic link points back to itself', 'Point it at a file.'],
  ENXIO: [
    'this is a pipe, a socket or a device, not a file',
    'Write the configuration to a file and pass its path.',
  ],
};

function explain(error: unknown): FileRead {
  const code = codeOf(error, 'unknown');
  const [message, fix] = MEANING[code] ?? [
    `the file cannot be read (${code})`,
    'Check the disk and the path.',
  ];
  return refuse(message, fix);
}

function refuse(message: string, fix: string): FileRead {
  return { ok: false, message, fix };
}
