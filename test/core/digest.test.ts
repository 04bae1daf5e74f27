import { describe, expect, it } from 'vitest';
import type { ActionSpec, LiveAction } from '../../src/core/action.ts';
import { planDigest } from '../../src/core/digest.ts';
import { fingerprintName, withFingerprint } from '../../src/core/fingerprint.ts';
import { liveByService } from '../../src/core/live.ts';
import { computePlan } from '../../src/core/plan.ts';
import { desired, header, live, service, spec } from '../helpers/actions.ts';

const checkout = service('Checkout API');

function digest({
  account = 'acme' as string | null,
  wanted = [spec('Restart', { headers: [header('Authorization')] })] as readonly ActionSpec[],
  there = [live('Page the vendor', checkout)] as readonly LiveAction[],
  prune = false,
} = {}): string {
  const services = [desired(checkout, wanted, { prune })];
  return planDigest(
    account,
    services,
    computePlan(services, liveByService(there), { enable: false, rotate: null }),
  );
}

describe('the digest', () => {
  it('is the same for the same', () => {
    expect(digest()).toBe(digest());
    expect(digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['another account', { account: 'umbrella' }],
    ['another wish', { wanted: [spec('Restart')] }],
    ['another endpoint', { wanted: [spec('Restart', { url: 'https://evil.example.com/' })] }],
    ['another state', { there: [] }],
    ['the same state with another id', { there: [live('Page the vendor', checkout, { id: 'PZ' })] }],
    ['deleting what is not declared', { prune: true }],
  ])('changes with %s', (_title, difference) => {
    expect(digest(difference)).not.toBe(digest());
  });

  it('does not depend on secrets, so that none can be guessed from it', () => {
    const url = (secret: string) =>
      `https://u:${secret}@automation.example.com/x?key=${encodeURIComponent(secret)}`;
    const of = (secret: string) =>
      digest({
        wanted: [
          spec('Restart', {
            url: url(secret),
            headers: [header('Authorization', secret), { name: 'X-Literal', value: secret, source: secret }],
          }),
        ],
        there: [live('Restart', checkout, { url: url(secret), headerNames: ['Authorization', 'X-Literal'] })],
      });
    expect(of('first')).toBe(of('second'));
  });

  it('depends on whether there is to be a fingerprint, and is one, but not on which', () => {
    const wanted = (seal: string) =>
      withFingerprint(
        spec('Restart', { headers: [header('Authorization')], fingerprint: { seal } }),
        checkout.id,
      );
    const of = (seal: string, found: readonly string[]) =>
      digest({
        wanted: [wanted(seal)],
        there: [live('Restart', checkout, { headerNames: ['Authorization', ...found] })],
      });
    const [one, other] = ['a1'.repeat(32), 'b2'.repeat(32)];
    const name = (seal: string) => fingerprintName(seal, checkout.id, 'Restart');
    expect(of(one, [name(one)])).toBe(of(other, [name(other)]));
    expect(of(one, [name(other)])).not.toBe(of(one, [name(one)]));
    expect(of(one, [])).not.toBe(of(one, [name(one)]));
    expect(digest({ wanted: [wanted(one)] })).not.toBe(digest());
  });
});
