/** Pages of 3,000 services, or with a text of 2 MB. */
import { describe, expect, it } from 'vitest';
import { LARGEST_PAGE, renderPage } from '../../src/ui/render/github/plan.ts';
import { DIGEST, everything, factsOf, hostile, same } from '../ci/page-world.ts';

describe('a page', () => {
  it.each([LARGEST_PAGE, 5_000, 2_000])('has at most %i bytes, and counts what is left out', (limit) => {
    const services = Array.from({ length: 3000 }, (_, index) => hostile(`service ${index}`));
    const page = renderPage(factsOf({ services, refusals: [] }), same, limit);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(limit);
    const shown = page.match(/<details>/g)?.length ?? 0;
    const left = 3000 - shown;
    expect(page).toContain(
      `Left out here: ${left} more services with ${4 * left} changes (${left} to update, ${left} to create, ${left} to delete, ${left} to enable).`,
    );
    expect(page.match(/<details/g)?.length ?? 0).toBe(page.match(/<\/details>/g)?.length ?? 0);
    expect(page).toContain(`Digest: \`${DIGEST}\``);
  });

  it('cuts a single text of up to 2 MB, and finds a secret split by the cut', () => {
    const text = `${'x'.repeat(990)}the-secret-of-this-run${'\u{1f600}'.repeat(500_000)}`;
    const redact = (value: string): string => value.replaceAll('the-secret-of-this-run', '[redacted]');
    const page = renderPage(everything(text), redact);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(LARGEST_PAGE);
    expect([page.includes('the-secret'), page.includes('more characters)')]).toEqual([false, true]);
  });
});
