import type { State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import type { Route } from '../wire/route.ts';
import { API } from './views.ts';

export const priorityRoutes: readonly Route[] = [
  { method: 'GET', path: '/priorities', scope: 'priorities.read', handle: list },
];

/** In the order of the seed, the most urgent first. */
function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const all = [...state.priorities.values()];
  const priorities = slicePage(all, page).map((one) => priorityView(state, one));
  return answer(200, { priorities, ...pageMembers(page, all.length) });
}

/** A priority, in a list of them and on its incident. */
export function priorityView(state: State, { id, name }: { readonly id: string; readonly name: string }) {
  const order = [...state.priorities.keys()].indexOf(id);
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
