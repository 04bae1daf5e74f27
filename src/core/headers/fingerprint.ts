/**
 * Fingerprints reveal a changed secret although header values cannot be read (fact 14). An extra header has a **name** with a
 * short code over all header values of the action; names can be read (U5).
 *
 * A code is made in two steps. The slow one needs the operator's key and the values, and runs elsewhere, once for each set of values
 * (`config/secrets/seal.ts`). Its result is the *seal*: a key for these values. The fast step is here: the seal signs the place, which is
 * the service and the label, so equal secrets have different codes in different places.
 */

import type { ActionSpec } from '../action.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { FINGERPRINT_PREFIX } from './header-names.ts';

/** The value is meaningless, because it cannot be read anyway. */
const VALUE = '1';

/**
 * Eight characters of five bits: a changed secret goes unnoticed once in 2^40. The key protects the secret, not these bits. A holder of
 * the key can check a guess against these bits on each service that carries the action.
 */
const CODE_LENGTH = 8;

/** RFC 4648: letters and digits that survive a change of case. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The name of the header for one place. */
export function fingerprintName(seal: string, serviceId: string, label: string): string {
  const digest = nodeCrypto()
    .createHmac('sha256', Buffer.from(seal, 'hex'))
    .update(JSON.stringify([serviceId, label]))
    .digest();
  let code = '';
  for (let index = 0; index < CODE_LENGTH; index += 1) {
    const bit = index * 5;
    const window = digest.readUInt16BE(bit >> 3) >> (11 - (bit & 7));
    code += BASE32[window & 31];
  }
  return FINGERPRINT_PREFIX + code;
}

/** The action for one service, with its fingerprint among the headers if it is requested and possible. */
export function withFingerprint(spec: ActionSpec, serviceId: string): ActionSpec {
  const { fingerprint, headers, label } = spec;
  // Without header values no change can be detected, and unmentioned headers stay untouched.
  if (typeof fingerprint !== 'object' || headers === null || headers.length === 0) return spec;
  const name = fingerprintName(fingerprint.seal, serviceId, label);
  return { ...spec, headers: [...headers, { name, value: VALUE, source: VALUE }] };
}
