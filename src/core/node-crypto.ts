/** Node's cryptography, loaded on first use: that takes several milliseconds, and most commands need none of it. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
