import type { AccountChange } from '../../account/change.ts';
import { freshId } from '../../account/ids.ts';
import type { State } from '../../account/state.ts';
import type { ApiRequest, RouteOutcome } from '../../wire/http.ts';
import { json } from '../../wire/http.ts';
import { includes } from '../../wire/paging.ts';
import { ApiProblem, invalidInput, notFound } from '../../wire/problem.ts';
import { wrapped } from '../../wire/route.ts';
import { customActionSchema } from '../extension-schemas.ts';
import { type ExtensionFields, NO_URL, readFields } from './body.ts';
import { ACTION_LIMIT, type Extension, extensions, extensionsOn } from './record.ts';
import { storedName, storedUrl } from './stored.ts';
import { extensionView } from './view.ts';

/** `POST /extensions`. @throws ApiProblem with every mistake, before anything changes */
export function createExtension(state: State, request: ApiRequest): RouteOutcome {
  const problems: string[] = [];
  const body = wrapped(state, request, 'extension');
  const fields = readFields(state, body, problems);
  if (body.endpoint_url === undefined) problems.push(NO_URL);
  if (body.name === undefined) problems.push("Name can't be blank");
  if (body.extension_schema === undefined) problems.push("Extension schema can't be blank");
  if (body.extension_objects === undefined) problems.push("Extension objects can't be blank");
  if (problems.length > 0) throw invalidInput(...problems);
  const { id, sequence } = freshId(state);
  const extension = merge(state, blank(id, state), fields);
  checkServices(state, extension, null);
  return written(state, request, 201, extension, [
    { op: 'sequence', sequence },
    extensions.put('create', extension),
  ]);
}

function blank(id: string, state: State): Extension {
  return {
    id,
    name: '',
    url: null,
    schemaId: '',
    serviceIds: [],
    config: {},
    description: null,
    disabled: false,
    disabledUntil: null,
    drops: 0,
    visibleFrom: state.reads + Number(state.switches.readLag),
  };
}

/** A PUT is partial: unmentioned fields stay (fact 11), except for the unknowns U4 and U6. */
export function updateExtension(state: State, request: ApiRequest, id: string): RouteOutcome {
  const before = existing(state, id);
  const problems: string[] = [];
  const fields = readFields(state, wrapped(state, request, 'extension'), problems);
  const kept = withoutMove(state, before, fields, problems);
  if (problems.length > 0) throw invalidInput(...problems);
  const merged = merge(state, before, kept);
  const after = state.switches.putEnables === 'yes' ? enabled(merged) : merged;
  checkServices(state, after, before);
  return written(state, request, 200, after, [extensions.put('update', after)]);
}

/** A PUT may be allowed to name another service or schema (U6). */
function withoutMove(
  state: State,
  before: Extension,
  fields: ExtensionFields,
  problems: string[],
): ExtensionFields {
  const { schemaId = before.schemaId, serviceIds = before.serviceIds, ...rest } = fields;
  const moved = schemaId !== before.schemaId || serviceIds.join() !== before.serviceIds.join();
  if (!moved || state.switches.moves === 'move') return fields;
  if (state.switches.moves === 'reject') problems.push('Extension object and schema cannot be changed');
  return rest;
}

function merge(state: State, before: Extension, fields: ExtensionFields): Extension {
  const { config, name = before.name, url = before.url, serviceIds = before.serviceIds } = fields;
  const { schemaId = before.schemaId, description = before.description } = fields;
  const kept = state.switches.description === 'none' ? null : description;
  return {
    ...before,
    name: fields.name === undefined ? name : storedName(state.switches.storedName, name),
    url: fields.url ? storedUrl(state.switches.storedUrl, fields.url) : url,
    serviceIds,
    schemaId,
    description: kept,
    ...mergeConfig(state, before, config),
  };
}

type ConfigPart = Partial<Pick<Extension, 'headers' | 'config' | 'description'>>;

/** The effect on the stored `config` is unknown in both cases (U4). */
function mergeConfig(state: State, before: Extension, config: ExtensionFields['config']): ConfigPart {
  const { putWithoutConfig, putConfig, description } = state.switches;
  if (!config) return putWithoutConfig === 'clear' ? { headers: undefined, config: {} } : {};
  const text = description === 'config' ? { description: config.description ?? null } : {};
  if (putConfig === 'replace') return { headers: config.headers, config: config.rest, ...text };
  return {
    headers: mergeHeaders(before.headers, config.headers),
    config: { ...before.config, ...config.rest },
    ...(config.description === undefined ? {} : text),
  };
}

function mergeHeaders(before: Extension['headers'], change: Extension['headers']): Extension['headers'] {
  if (!before || !change) return change ?? before;
  const changed = new Set(change.map(({ name }) => name.toLowerCase()));
  return [...before.filter(({ name }) => !changed.has(name.toLowerCase())), ...change];
}

/** The limit of three (fact 13, U2) and the uniqueness of names (U7), on every service that is new to it. */
function checkServices(state: State, after: Extension, before: Extension | null): void {
  for (const serviceId of after.serviceIds) {
    const others = extensionsOn(state, serviceId).filter(
      ({ id, schemaId }) => id !== after.id && schemaId === after.schemaId,
    );
    const isNew = !before?.serviceIds.includes(serviceId) || before.schemaId !== after.schemaId;
    if (isNew && after.schemaId === customActionSchema(state) && others.length >= ACTION_LIMIT)
      overLimit(state);
    if (state.switches.duplicateNames === 'reject' && others.some(({ name }) => name === after.name)) {
      throw invalidInput('Name has already been taken');
    }
  }
}

function overLimit(state: State): void {
  const sentence = `A service can have at most ${ACTION_LIMIT} custom incident actions`;
  if (state.switches.limitMode === '2001') throw invalidInput(sentence);
  if (state.switches.limitMode === '2019')
    throw new ApiProblem(400, 2019, 'Product Limit Reached', [sentence]);
}

/** `DELETE /extensions/{id}`. @throws ApiProblem 404 */
export function deleteExtension(state: State, _request: ApiRequest, id: string): RouteOutcome {
  existing(state, id);
  return {
    response: { status: 204, headers: {}, body: '' },
    changes: kept(state, [extensions.remove(id)]),
    effects: [],
  };
}

/** Re-enables an extension; on an enabled one it does nothing, with the same answer. */
export function enableExtension(state: State, request: ApiRequest, id: string): RouteOutcome {
  const after = enabled(existing(state, id));
  return written(state, request, 200, after, [extensions.put('enable', after)]);
}

function enabled(extension: Extension): Extension {
  return { ...extension, disabled: false, disabledUntil: null, drops: 0 };
}

function existing(state: State, id: string): Extension {
  const extension = extensions.in(state).get(id);
  if (!extension) throw notFound();
  return extension;
}

function written(
  state: State,
  request: ApiRequest,
  status: number,
  extension: Extension,
  changes: readonly AccountChange[],
): RouteOutcome {
  const include = includes(request.query);
  const view = extensionView(state, extension, include, request.now);
  return { response: json(status, { extension: view }), changes: kept(state, changes), effects: [] };
}

/** The stored part of the changes (fact 56); assigned ids stay assigned. */
function kept(state: State, changes: readonly AccountChange[]): readonly AccountChange[] {
  return state.switches.writes === 'kept' ? changes : changes.filter(({ op }) => op === 'sequence');
}
