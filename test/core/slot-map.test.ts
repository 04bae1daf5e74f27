import { describe, expect, it } from 'vitest';
import type { LiveAction, Service } from '../../src/core/action.ts';
import { liveByService } from '../../src/core/live.ts';
import { desiredServices } from '../../src/core/normalize.ts';
import { slotRows } from '../../src/core/slot-map.ts';

const service = (id: string): Service => ({ id, name: id.toLowerCase(), teamIds: [], htmlUrl: null });
const live = (id: string, label: string, ...on: string[]): LiveAction => ({
  id,
  label,
  url: 'https://a.example.com',
  services: on.map((one) => ({ id: one, name: null })),
  headerNames: [],
  disabled: label === 'Off',
  htmlUrl: null,
});

describe('the slots of an account', () => {
  const services = ['P1', 'P2', 'P3'].map(service);
  const actions = liveByService([
    live('A1', 'Mine', 'P1'),
    live('A2', 'Off', 'P2'),
    live('A3', 'Other', 'P2'),
    live('A4', 'Both', 'P2', 'P1'),
  ]);
  const spec = (label: string) => ({
    key: label,
    label,
    url: 'https://a.example.com',
    headers: null,
    description: `about ${label}`,
    renamedFrom: label === 'New' ? ['Other'] : [],
  });
  const declaration = {
    prune: false,
    actions: new Map(['Mine', 'Off', 'New', 'Missing'].map((label) => [label, spec(label)])),
    selections: [
      { selector: { kind: 'id', text: 'id:P1', id: 'P1' } as const, actionKeys: ['Mine', 'Missing'] },
      { selector: { kind: 'id', text: 'id:P2', id: 'P2' } as const, actionKeys: ['New'] },
    ],
  };
  const desired = desiredServices(
    declaration,
    declaration.selections.map(({ selector }, index) => ({ selector, services: [services[index]!] })),
  );

  it('shows the holders and the waiting actions, the most pressed first', () => {
    expect(
      slotRows(services, actions, desired).map(({ service: { id }, held, waiting, free }) => ({
        id,
        held: held.map(({ label, holder }) => `${label}: ${holder}`),
        waiting,
        free,
      })),
    ).toEqual([
      { id: 'P1', held: ['Mine: declared', 'Both: shared'], waiting: ['Missing'], free: 1 },
      { id: 'P2', held: ['Other: declared', 'Off: unmanaged', 'Both: shared'], waiting: [], free: 0 },
      { id: 'P3', held: [], waiting: [], free: 3 },
    ]);
  });

  it('has the description of the config, also under an earlier label, and of nothing else', () => {
    const held = slotRows(services, actions, desired).flatMap((row) => row.held);
    expect(
      held.flatMap(({ label, description }) => (description === null ? [] : [[label, description]])),
    ).toEqual([
      ['Mine', 'about Mine'],
      ['Other', 'about New'],
    ]);
  });

  it('works without a config', () => {
    expect(slotRows(services, actions, null).map(({ service: { id }, used }) => [id, used])).toEqual([
      ['P2', 3],
      ['P1', 2],
      ['P3', 0],
    ]);
  });
});
