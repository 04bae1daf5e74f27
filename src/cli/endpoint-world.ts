/** The parts of this machine that checks of endpoints use. */
import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { rootCertificates } from 'node:tls';
import { isInternalHost } from '../config/check/special-addresses.ts';
import type { TestWorld } from '../tester/target.ts';
import type { Context } from './context.ts';

/** @param now the wall clock, in milliseconds since 1970, for certificates */
export function endpointWorld(
  { clock, interrupted }: Pick<Context, 'clock' | 'interrupted'>,
  now: () => number,
): TestWorld {
  return {
    roots: rootCertificates,
    clock,
    now,
    newId: randomUUID,
    resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    isInternal: isInternalHost,
    signal: interrupted,
  };
}
