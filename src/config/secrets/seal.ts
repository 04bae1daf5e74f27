/**
 * The slow half of fingerprints (`core/headers/fingerprint.ts`): from the operator's key and the header values of an action to its seal.
 *
 * Every user of the account can read header names, forever. A value in a name that is derived from a secret must therefore be useless
 * for guessing the secret:
 * - Without the **key** nothing can be computed and no guess can be checked, so the key is required. A bare hash, however slow, gives a
 *   six-digit PIN away in hours.
 * - If the key ever leaks, each guess costs a **scrypt** of 16 MiB, some 30 ms, and the salt is derived from the key, so
 *   nothing can be computed in advance.
 */
import type { ActionSpec, HeaderSpec } from '../../core/action.ts';
import { compareText } from '../../core/live.ts';
import { nodeCrypto } from '../../core/node-crypto.ts';

/** The variable with the key; no configuration file can read it (`PDACTIONS_*`). */
export const KEY_VARIABLE = 'PDACTIONS_FINGERPRINT_KEY';

/** 32 characters of hexadecimal digits are 128 bits; `openssl rand -base64 32` makes 44 with 256. */
const SHORTEST_KEY = 32;

/** Changes with the derivation: then all fingerprints differ once, and are sent anew. */
const VERSION = 'pdactions-fingerprint-1';

/** 128 · N · r = 16 MiB for each guess. Node's limit is 32 MiB. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const SEAL_BYTES = 32;

/** Checks that the key is usable. @returns the objection, without the key */
export function objectToKey(key: string): string | undefined {
  if (key.trim() !== key) return `${KEY_VARIABLE} begins or ends with a space or a line break`;
  if (key.length >= SHORTEST_KEY && new Set(key).size > 1) return undefined;
  return `${KEY_VARIABLE} is too easy to guess: it must be at least ${SHORTEST_KEY} random characters`;
}

/** True if any action waits for its seal, so that the key is needed. */
export function needsSeal(actions: ReadonlyMap<string, ActionSpec>): boolean {
  return [...actions.values()].some(({ fingerprint }) => fingerprint === 'unsealed');
}

/**
 * The same actions with the requested seals. The slow step runs once for each distinct set of header values, concurrently
 * on the threads that Node has for this.
 */
export async function sealActions<Action extends ActionSpec>(
  actions: ReadonlyMap<string, Action>,
  key: string,
): Promise<ReadonlyMap<string, Action>> {
  const salt = derive(key, 'salt');
  const signing = derive(key, 'seal');
  const seals = new Map<string, Promise<string>>();
  const sealFor = (headers: readonly HeaderSpec[]): Promise<string> => {
    const content = contentOf(headers);
    const known = seals.get(content);
    if (known) return known;
    const made = stretch(content, salt).then((stretched) =>
      nodeCrypto().createHmac('sha256', signing).update(stretched).digest('hex'),
    );
    seals.set(content, made);
    return made;
  };
  const sealed = [...actions].map(async ([name, action]): Promise<[string, Action]> => {
    const { fingerprint, headers } = action;
    if (fingerprint !== 'unsealed' || headers === null) return [name, action];
    return [name, { ...action, fingerprint: { seal: await sealFor(headers) } }];
  });
  return new Map(await Promise.all(sealed));
}

/** All names and values, whatever their order and the case of the names. */
function contentOf(headers: readonly HeaderSpec[]): string {
  const pairs = headers.map(({ name, value }): [string, string] => [name.toLowerCase(), value]);
  return JSON.stringify(pairs.sort(([a], [b]) => compareText(a, b)));
}

/** One key for each purpose, so that none reveals another. */
function derive(key: string, purpose: string): Buffer {
  return nodeCrypto().createHmac('sha256', key).update(`${VERSION} ${purpose}`).digest();
}

function stretch(content: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    nodeCrypto().scrypt(content, salt, SEAL_BYTES, COST, (error, stretched) =>
      error ? reject(error) : resolve(stretched),
    );
  });
}
