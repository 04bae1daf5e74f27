import { byName, compare, remember, type State } from '../../account/state.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { answer } from '../../wire/http.ts';
import { queryMatcher } from '../../wire/matching.ts';
import { includes, pageMembers, pageOf, slicePage } from '../../wire/paging.ts';
import { notFound } from '../../wire/problem.ts';
import { type Extension, extensions, extensionsOn, extensionsUnder, isLagging, isVisible } from './record.ts';
import { extensionView } from './view.ts';

/** `GET /extensions`, with its filters and pages. @throws ApiProblem */
export function listExtensions(state: State, request: ApiRequest): RouteOutcome {
  const page = pageOf(request.query);
  const include = new Set(includes(request.query));
  // On the list, PagerDuty itself uses it, but its description does not mention it (fact 9).
  if (state.switches.disabledOnList === 'no') include.delete('temporarily_disabled');
  const listed = find(state, request.query);
  const views = slicePage(listed, page).map((extension) =>
    extensionView(state, extension, include, request.now),
  );
  const query = request.query.get('query');
  const outcome = answer(200, { extensions: views, query, ...pageMembers(page, listed.length) });
  return { ...outcome, changes: [{ op: 'read' }] };
}

/** The filters of fact 8: the smallest index first, the rest by a scan. */
function find(state: State, query: URLSearchParams): readonly Extension[] {
  const trusting = state.switches.ignoreFilters === 'no';
  const serviceId = trusting ? query.get('extension_object_id') : null;
  const schemaId = trusting ? query.get('extension_schema_id') : null;
  const matches = trusting ? queryMatcher(state, query) : null;
  const listed = candidates(state, serviceId, schemaId);
  const matching = matches ? named(state, schemaId, listed, query, matches) : listed;
  return isLagging(state) ? matching.filter((extension) => isVisible(state, extension)) : matching;
}

/** Short lists are filtered anew; a long one is kept, because the following pages need the same again. */
const LONG = 1_000;

/** Those of a list with matching names. */
function named(
  state: State,
  schemaId: string | null,
  listed: readonly Extension[],
  query: URLSearchParams,
  matches: (name: string) => boolean,
): readonly Extension[] {
  const filter = () => listed.filter(({ name }) => matches(name));
  if (listed.length < LONG) return filter();
  const { listOrder, query: mode } = state.switches;
  const key = `extension:${schemaId ?? ''}:${listOrder}:${mode}:${query.get('query')}`;
  return remember(state, key, filter);
}

function candidates(state: State, serviceId: string | null, schemaId: string | null): readonly Extension[] {
  if (serviceId !== null) {
    const on = extensionsOn(state, serviceId);
    return inOrder(
      state,
      on.filter((extension) => schemaId === null || extension.schemaId === schemaId),
    );
  }
  const all = () =>
    schemaId === null ? [...extensions.in(state).values()] : extensionsUnder(state, schemaId);
  const { listOrder } = state.switches;
  return remember(state, `extension:${schemaId ?? ''}:${listOrder}`, () => inOrder(state, all()));
}

function inOrder(state: State, listed: readonly Extension[]): readonly Extension[] {
  switch (state.switches.listOrder) {
    case 'created':
      return listed;
    case 'newest':
      return [...listed].reverse();
    case 'name':
      return [...listed].sort(byName);
    case 'id':
      return [...listed].sort((a, b) => compare(a.id, b.id));
  }
}

/** `GET /extensions/{id}`. @throws ApiProblem */
export function getExtension(state: State, request: ApiRequest, id: string): RouteOutcome {
  const include = includes(request.query);
  const extension = extensions.in(state).get(id);
  const seen = extension && isVisible(state, extension);
  if (!seen) return notFoundYet(extension !== undefined);
  const outcome = answer(200, { extension: extensionView(state, extension, include, request.now) });
  return { ...outcome, changes: [{ op: 'read' }] };
}

/** A 404 that is only a lag counts as a read, so that the lag ends. @throws ApiProblem 404 for a true one */
function notFoundYet(exists: boolean): RouteOutcome {
  if (!exists) throw notFound();
  return { ...answer(404, { error: { message: 'Not Found', code: 2100 } }), changes: [{ op: 'read' }] };
}
