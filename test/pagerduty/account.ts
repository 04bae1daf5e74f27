import type { SeedInput } from '../../src/sandbox/seed/seed.ts';
import { spec } from '../helpers/actions.ts';

const LABELS = ['Diagnose', 'Restart', 'Restart Server'];
export const SPECS = LABELS.map((label) => spec(label));

/** Services with three actions each; those at `odd` have `Theirs` in place of the first. */
export function account(
  services: number,
  { odd = [], ...more }: Partial<SeedInput> & { odd?: readonly number[] } = {},
) {
  const list = Array.from({ length: services }, (_, index) => ({
    id: `PS${index}`,
    name: `service-${index}`,
  }));
  const extensions = list.flatMap(({ id }, index) =>
    SPECS.map(({ label, url }, slot) => ({
      id: `PX${index}X${slot}`,
      service: id,
      name: slot === 0 && odd.includes(index) ? 'Theirs' : label,
      url,
    })),
  );
  return { account: 'acme', services: list, extensions, ...more };
}
