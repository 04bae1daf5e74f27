import type { State } from '../account/state.ts';
import { resource } from '../resource.ts';
import * as z from '../shapes.ts';
import { API } from '../wire/shown.ts';

export type Priority = z.output<typeof seed>;

const seed = z.strictObject({ id: z.id, name: z.text });

/** In the order of the seed, the most urgent first. A single one cannot be read. */
export const priorities = resource({
  type: 'priority',
  plural: 'priorities',
  seed,
  view: priorityView,
  only: 'list',
});

/** A priority, in a list of them and on its incident. */
export function priorityView(state: State, { id, name }: Priority): Record<string, unknown> {
  const order = [...priorities.in(state).keys()].indexOf(id);
  return {
    id,
    type: 'priority',
    summary: name,
    self: `${API}/priorities/${id}`,
    html_url: null,
    name,
    description: '',
    color: 'a8171c',
    order,
  };
}
