import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ipVersion } from '../src/ip-version.ts';
import { runs } from './helpers/runs.ts';

it('agrees with Node', () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.domain(), fc.string());
  fc.assert(
    fc.property(host, (text) => {
      expect(ipVersion(text)).toBe(isIP(text));
    }),
    { numRuns: runs(200) },
  );
});
