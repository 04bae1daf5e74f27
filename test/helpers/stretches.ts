/** A digest or a seal stretches a secret for some 30 ms. Equal arguments have one result, so a worker stretches each once. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Done = (error: Error | null, key: Buffer) => void;

const known = new Map<string, Buffer>();
let asked = 0;

/** Number of requested stretches, cached ones included. */
export function stretches(): number {
  return asked;
}

function keyOf(...args: readonly unknown[]): string {
  asked += 1;
  return JSON.stringify(args);
}

function keep(key: string, result: Buffer): Buffer {
  known.set(key, result);
  // A copy, because the caller may overwrite it.
  return Buffer.from(result);
}

const { scrypt, scryptSync } = crypto;

Object.assign(crypto, {
  scryptSync(password: string, salt: Buffer, length: number, cost: crypto.ScryptOptions): Buffer {
    const key = keyOf(password, salt, length, cost);
    return keep(key, known.get(key) ?? scryptSync(password, salt, length, cost));
  },
  scrypt(password: string, salt: Buffer, length: number, cost: crypto.ScryptOptions, done: Done): void {
    const key = keyOf(password, salt, length, cost);
    const found = known.get(key);
    if (found) setImmediate(() => done(null, keep(key, found)));
    else
      scrypt(password, salt, length, cost, (error, result) =>
        done(error, error ? result : keep(key, result)),
      );
  },
});
// Named imports get this one, too.
syncBuiltinESMExports();
