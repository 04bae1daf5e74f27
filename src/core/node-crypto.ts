/** Returns `node:crypto`. Loads it on first use, because that takes several milliseconds and most commands don't need it. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
