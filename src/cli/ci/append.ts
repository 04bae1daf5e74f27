/** Appends to the files that GitHub's runner gives to a step, and never replaces them. Regular files only (T31). */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf } from '../../code-of.ts';
import { LocalIoError } from '../../errors.ts';

/** GitHub accepts a job summary of 1 MiB from a step, and drops a larger one entirely. */
const LARGEST_SUMMARY = 1024 * 1024;

/** Earlier text from other commands may lack a trailing line break. Both files ignore empty lines. */
const SEPARATOR = '\n';

/** Opening a pipe without a reader would block forever; a link could lead anywhere. Windows has neither flag. */
const APPEND =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NONBLOCK ?? 0) |
  (constants.O_NOFOLLOW ?? 0);

/**
 * Appends outputs, each between random delimiters, so that no value can end its own and start another (CVE-2022-35954).
 * @throws LocalIoError if they could not be written
 */
export async function appendOutputs(
  path: string,
  cwd: string,
  outputs: Readonly<Record<string, string | number>>,
): Promise<void> {
  const text = Object.entries(outputs).map(([name, value]) => {
    const delimiter = `pdactions-${randomBytes(16).toString('hex')}`;
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  });
  await append('GITHUB_OUTPUT', resolve(cwd, path), () => text.join(''));
}

/**
 * Appends a page to the job summary, within the remaining size.
 * @param page makes a page of at most the given bytes
 * @throws LocalIoError if it could not be written, or no space is left
 */
export async function appendSummary(
  path: string,
  cwd: string,
  page: (room: number) => string,
): Promise<void> {
  await append('GITHUB_STEP_SUMMARY', resolve(cwd, path), (size) => {
    const room = LARGEST_SUMMARY - size - SEPARATOR.length;
    const text = page(room);
    return Buffer.byteLength(text) > room ? undefined : text;
  });
}

async function append(
  variable: string,
  path: string,
  text: (size: number) => string | undefined,
): Promise<void> {
  try {
    const handle = await open(path, APPEND, 0o600);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new Error('not a regular file');
      const content = text(stats.size);
      if (content === undefined) throw new Error('the file is full');
      await handle.writeFile(stats.size > 0 ? SEPARATOR + content : content);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw notWritten(variable, cause);
  }
}

function notWritten(variable: string, cause: unknown): LocalIoError {
  const known = codeOf(cause, cause instanceof Error ? cause.message : '');
  return new LocalIoError(`could not write to the file in ${variable} (${known || 'error'})`, {
    reason: 'local_io',
    hint: 'Everything else is as reported above.',
    cause,
  });
}
