import { type Service, SLOTS_PER_SERVICE } from '../../core/action.ts';
import { type LiveService, NOTHING } from '../../core/live.ts';
import { countSlots } from '../../core/slots.ts';
import { RefusedError } from '../../errors.ts';

/**
 * Refuses if one of the services has no free slot (fact 13).
 * @throws RefusedError `limit`, with the holders of the slots
 */
export function expectFreeSlots(
  services: readonly Pick<Service, 'id' | 'name'>[],
  live: ReadonlyMap<string, LiveService>,
): void {
  const full = services.filter(({ id }) => countSlots(live.get(id) ?? NOTHING).free === 0);
  if (full.length === 0) return;
  const held = full.flatMap(({ id, name }) => {
    const { writable, shared } = live.get(id) ?? NOTHING;
    return [...writable, ...shared].map((action) => ({ id: action.id, text: `${action.label}  on ${name}` }));
  });
  const names = full.map(({ id, name }) => `${name} (${id})`).join(', ');
  throw new RefusedError(`no free slot on ${names}; a service has ${SLOTS_PER_SERVICE}`, {
    reason: 'limit',
    details: held.map(({ id, text }) => `${id}  ${text}`),
    hint: `Delete one first, for example \`pdactions delete ${held[0]?.id}\`. Nothing was written.`,
  });
}
