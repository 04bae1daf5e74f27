import type { State } from '../account/state.ts';
import type { ApiRequest, Outcome } from '../wire/http.ts';
import { answer } from '../wire/http.ts';
import { pageMembers, pageOf, slicePage } from '../wire/paging.ts';
import { notFound } from '../wire/problem.ts';
import type { Route } from '../wire/route.ts';
import { schemaView } from './views.ts';

const scope = 'extension_schemas.read';

export const extensionSchemaRoutes: readonly Route[] = [
  { method: 'GET', path: '/extension_schemas', scope, handle: list },
  { method: 'GET', path: '/extension_schemas/:id', scope, handle: get },
];

function list(state: State, request: ApiRequest): Outcome {
  const page = pageOf(request.query);
  const schemas = [...state.schemas.values()];
  const extension_schemas = slicePage(schemas, page).map(schemaView);
  return answer(200, { extension_schemas, ...pageMembers(page, schemas.length) });
}

function get(state: State, _request: ApiRequest, id: string): Outcome {
  const schema = state.schemas.get(id);
  if (!schema) throw notFound();
  return answer(200, { extension_schema: schemaView(schema) });
}
