import { describe, expect, it } from 'vitest';
import type { LiveAction } from '../../../src/core/action.ts';
import { liveByService } from '../../../src/core/live.ts';
import type { DesiredService } from '../../../src/core/normalize.ts';
import { computePlan } from '../../../src/core/plan.ts';
import { renderPlan } from '../../../src/ui/render/plan/plan.ts';
import { plain } from '../../../src/ui/text/text.ts';
import { desired, header, live, service, spec } from '../../helpers/actions.ts';

const shown = (wanted: readonly DesiredService[], there: readonly LiveAction[]): string =>
  renderPlan(computePlan(wanted, liveByService(there), { enable: false, rotate: null }))
    .map(plain)
    .join('\n');

describe('a plan as text', () => {
  it('service by service lists every one with an unmanaged action', () => {
    const services = Array.from({ length: 22 }, (_, index) => service(`Service ${index}`));
    const text = shown(
      services.map((one) => desired(one, [])),
      services.map((one, index) => live('By hand', one, { id: `P${index}` })),
    );
    expect(text.match(/unmanaged, left alone/g)).toHaveLength(22);
  });

  const checkout = service('Checkout API');
  const update = (url: string, before: string, headers = [header('Authorization')]): string =>
    shown(
      [desired(checkout, [spec('Restart', { url, headers })])],
      [live('Restart', checkout, { url: before, headerNames: ['Authorization'] })],
    );

  it('says so if two URLs differ in hidden parts only', () => {
    const text = update('https://example.com/?sig=wanted', 'https://example.com/?sig=former');
    expect(text).toContain('https://example.com/?sig=*** (differs in a part that is not shown)');
    expect(text).not.toMatch(/wanted|former|→/);
  });

  it('shows both sides of a URL that differs visibly', () => {
    expect(update('https://new.example.com/', 'https://old.example.com/')).toContain(
      'https://old.example.com/ → https://new.example.com/',
    );
  });

  it('names the headers that an update sends along', () => {
    expect(update('https://new.example.com/', 'https://old.example.com/')).toContain(
      'Authorization sent along (write-only)',
    );
  });

  it('does not name them twice if they are the difference', () => {
    const text = update('https://new.example.com/', 'https://old.example.com/', [header('X-Key')]);
    expect(text).toContain('+ X-Key - Authorization');
    expect(text).not.toContain('sent along');
  });
});
