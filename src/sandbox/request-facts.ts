import type { State } from './account/state.ts';
import { isObject, parseJson, textOf } from './narrow.ts';
import { extensions } from './resources/extensions/record.ts';
import { incidents } from './resources/incidents/record.ts';
import type { ApiRequest } from './wire/http.ts';

/** The services of a request: from its filter, the extension or service in its path, or its body. */
export function servicesOf(state: State, request: ApiRequest): ReadonlySet<string> {
  const [, kind, id = ''] = request.path.split('/');
  return new Set([
    ...request.query.getAll('extension_object_id'),
    ...(kind === 'extensions' ? (extensions.in(state).get(id)?.serviceIds ?? []) : []),
    ...(kind === 'services' && id !== '' ? [id] : []),
    ...(kind === 'incidents' ? [incidents.in(state).get(id)?.serviceId ?? ''] : []),
    ...bodyServices(request.body),
  ]);
}

function bodyServices(text: string): readonly string[] {
  const body = text === '' ? undefined : parseJson(text);
  if (!isObject(body)) return [];
  const extension = isObject(body.extension) ? body.extension : body;
  const objects = Array.isArray(extension.extension_objects) ? extension.extension_objects : [];
  return objects.flatMap((object) => textOf(object, 'id') ?? []);
}
