/** Contents of the lock beside a sandbox's data file: the process that serves the file, and how to reach it. */
import { isObject, parseObject } from '../../../json-fields.ts';

export interface SandboxHolder {
  readonly pid: number;
  readonly host: string;
  /** `server`: `sandbox start`, which stays; `command`: a command with `--sandbox`, which ends soon. */
  readonly kind: 'server' | 'command';
  /** Null until it listens. */
  readonly serving: Serving | null;
}

export interface Serving {
  readonly url: string;
  readonly page: string | null;
  readonly token: string;
  readonly controlToken: string;
}

/** Reads a lock. @returns null for a file that is not a complete one */
export function parseHolder(text: string): SandboxHolder | null {
  const value = parseObject(text);
  if (!value) return null;
  const { pid, host, kind, serving = null } = value;
  const isHolder =
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    typeof host === 'string' &&
    (kind === 'server' || kind === 'command');
  if (!isHolder || (serving !== null && !isServing(serving))) return null;
  return { pid: Number(pid), host, kind, serving };
}

function isServing(value: unknown): value is Serving {
  if (!isObject(value)) return false;
  const { url, page, token, controlToken } = value;
  const isPage = page === null || typeof page === 'string';
  return isPage && [url, token, controlToken].every((text) => typeof text === 'string');
}
