import { records } from '../account/records.ts';
import type { State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import type { Route } from '../wire/route.ts';
import { API } from '../wire/shown.ts';

export interface Priority {
  readonly id: string;
  readonly name: string;
}

export const priorities = records<Priority>({ type: 'priority' });

export const priorityRoutes: readonly Route[] = [
  { method: 'GET', path: '/priorities', scope: 'priorities.read', handle: list },
];

/** In the order of the seed, the most urgent first. */
function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const all = [...priorities.in(state).values()];
  const views = slicePage(all, page).map((one) => priorityView(state, one));
  return answer(200, { priorities: views, ...pageMembers(page, all.length) });
}

/** A priority, in a list of them and on its incident. */
export function priorityView(state: State, { id, name }: Priority) {
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
