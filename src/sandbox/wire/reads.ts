import type { Records } from '../account/change.ts';
import type { Identified, State } from '../account/state.ts';
import { type ApiRequest, answer, type RouteOutcome } from './http.ts';
import { includes, pageMembers, pageOf, slicePage } from './paging.ts';
import { notFound } from './problem.ts';
import type { ApiRoute } from './route.ts';

/** Configures the reads of a type's records. */
export interface ReadSpec<Row extends Identified> {
  readonly rows: Pick<Records<Row>, 'in'>;
  /** The names of one record and of several on the wire: `team` and `teams`. */
  readonly single: string;
  readonly many: string;
  view(state: State, row: Row, include: ReadonlySet<string>): unknown;
  /** The records that the query of a list selects, in their order; all of them by default. @throws ApiProblem */
  find?: ((state: State, query: URLSearchParams) => readonly Row[]) | undefined;
}

/** `GET /teams`, in pages. */
export function listRoute<Row extends Identified>(reading: ReadSpec<Row>): ApiRoute {
  const { rows, many, view, find = (state) => [...rows.in(state).values()] } = reading;
  const handle = (state: State, { query }: ApiRequest): RouteOutcome => {
    const page = pageOf(query);
    const include = includes(query);
    const listed = find(state, query);
    const views = slicePage(listed, page).map((row) => view(state, row, include));
    return answer(200, { [many]: views, ...pageMembers(page, listed.length) });
  };
  return { method: 'GET', path: `/${many}`, scope: `${many}.read`, handle };
}

/** `GET /teams/{id}`. */
export function getRoute<Row extends Identified>({ rows, single, many, view }: ReadSpec<Row>): ApiRoute {
  const handle = (state: State, { query }: ApiRequest, id: string): RouteOutcome => {
    const row = rows.in(state).get(id);
    if (!row) throw notFound();
    return answer(200, { [single]: view(state, row, includes(query)) });
  };
  return { method: 'GET', path: `/${many}/:id`, scope: `${many}.read`, handle };
}
