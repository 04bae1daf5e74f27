/** A digest or a seal stretches what is secret for some 30 ms. Equal arguments have one result, so each is stretched once in a worker. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Done = (error: Error | null, key: Buffer) => void;

const known = new Map<string, Buffer>();
let asked = 0;

/** How often something was to be stretched, whether it was known or not. */
export function stretches(): number {
  return asked;
}

function keyOf(...args: readonly unknown[]): string {
  asked += 1;
  return JSON.stringify(args);
}

function keep(key: string, result: Buffer): Buffer {
  known.set(key, result);
  // What is handed out may be overwritten there.
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
// What is imported by name is this, too.
syncBuiltinESMExports();
