import { describe, expect, it } from 'vitest';
import type { LiveAction } from '../../../src/core/action.ts';
import { liveByService } from '../../../src/core/live.ts';
import type { DesiredService } from '../../../src/core/normalize.ts';
import { computePlan } from '../../../src/core/plan.ts';
import { renderGroups } from '../../../src/ui/render/plan/plan-groups.ts';
import { plain } from '../../../src/ui/text/text.ts';
import { desired, header, live, service, spec } from '../../helpers/actions.ts';

const shown = (wanted: readonly DesiredService[], there: readonly LiveAction[]): string[] =>
  renderGroups(computePlan(wanted, liveByService(there), { enable: false, rotate: null })).map(plain);

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => service(`web-${String(index).padStart(3, '0')}`));

describe('a plan by definition', () => {
  it('shows one URL changed on 300 services once, with the first of them', () => {
    const services = many(300);
    const lines = shown(
      services.map((one) => desired(one, [spec('Restart', { url: 'https://b.example.com/' })])),
      services.map((one, at) => live('Restart', one, { id: `P${at}`, url: 'https://a.example.com/' })),
    );
    expect(lines).toEqual([
      '~ restart  url https://a.example.com/ → https://b.example.com/  on 300 services',
      '    web-000, web-001, web-002 and 297 more',
      '',
    ]);
  });

  it('counts the old values that were not the same everywhere', () => {
    const services = many(3);
    const [line] = shown(
      services.map((one) => desired(one, [spec('Restart', { url: 'https://b.example.com/' })])),
      services.map((one, at) => live('Restart', one, { id: `P${at}`, url: `https://a.example.com/${at}` })),
    );
    expect(line).toBe('~ restart  url 3 different URLs → https://b.example.com/  on 3 services');
  });

  it('separates updates that send headers to a new host', () => {
    const services = many(2);
    const lines = shown(
      services.map((one) =>
        desired(one, [spec('Restart', { url: 'https://b.example.com/', headers: null })]),
      ),
      services.map((one, at) =>
        live('Restart', one, {
          id: `P${at}`,
          url: 'https://a.example.com/',
          headerNames: at === 0 ? ['Authorization'] : [],
        }),
      ),
    );
    expect(lines.filter((line) => line.startsWith('~'))).toHaveLength(2);
    expect(lines).toContain('    ! its headers (Authorization) will be sent to b.example.com');
  });

  it('separates updates of different fields', () => {
    const services = many(2);
    const lines = shown(
      services.map((one) => desired(one, [spec('Restart', { headers: [header('X-Key')] })])),
      services.map((one, at) =>
        live('Restart', one, { id: `P${at}`, headerNames: at === 0 ? ['X-Old'] : ['X-Other'] }),
      ),
    );
    expect(lines.filter((line) => line.startsWith('~'))).toHaveLength(2);
  });

  it('has one line for a kind of remark, however many services it is about', () => {
    const services = many(60);
    const lines = shown(
      services.map((one) => desired(one, [spec('Restart')])),
      services.flatMap((one, at) => [
        live('Restart', one, { id: `P${at}`, disabled: true }),
        live('By hand', one, { id: `Q${at}` }),
      ]),
    );
    expect(lines).toEqual([
      expect.stringMatching(
        /^! 60 declared actions disabled by PagerDuty, .*: Restart \(P0\) on web-000, .* and 57 more$/,
      ),
      expect.stringMatching(/^· 60 unmanaged actions left alone: By hand \(Q0\) on web-000, .* and 57 more$/),
      '',
    ]);
  });
});
