/** Validates the body of a create or an update (facts 5, 6, 11, 12). */

import { parseUrl } from '../../../parse-url.ts';
import type { State } from '../../account/state.ts';
import { isObject, textOf } from '../../narrow.ts';
import { schemas } from '../extension-schemas.ts';
import { services } from '../services.ts';
import { headerProblems } from './header-rules.ts';
import type { Header } from './record.ts';

/** The fields in a body; unmentioned ones are absent (fact 11). */
export interface ExtensionFields {
  readonly name?: string;
  readonly url?: string | null;
  readonly schemaId?: string;
  readonly serviceIds?: readonly string[];
  readonly description?: string | null;
  readonly config?: ConfigFields;
}

interface ConfigFields {
  /** Absent if `config` has no `headers`. */
  readonly headers?: readonly Header[] | null;
  readonly description?: string | null;
  readonly rest: Readonly<Record<string, unknown>>;
}

type ExtensionBody = Readonly<Record<string, unknown>>;

/**
 * Parses a body. Unknown and read-only fields are ignored (fact 11).
 * @param problems gets a sentence for every mistake
 */
export function readFields(state: State, body: ExtensionBody, problems: string[]): ExtensionFields {
  return {
    ...readName(state, body, problems),
    ...readUrl(body, problems),
    ...readSchema(state, body, problems),
    ...readServices(state, body, problems),
    ...readConfig(state, body, problems),
    ...(typeof body.description === 'string' && { description: body.description }),
    ...checkType(body, problems),
  };
}

function checkType(body: ExtensionBody, problems: string[]): Record<string, never> {
  if (body.type !== undefined && body.type !== 'extension' && body.type !== 'webhook') {
    problems.push('Type is not valid');
  }
  return {};
}

function readName(state: State, body: ExtensionBody, problems: string[]): { name?: string } {
  const { name } = body;
  if (name === undefined) return {};
  const { emptyName, nameLimit } = state.switches;
  if (typeof name !== 'string') problems.push('Name must be a string');
  else if (name.trim() === '' && emptyName === 'reject') problems.push("Name can't be blank");
  else if (nameLimit !== 'none' && [...name].length > Number(nameLimit)) {
    problems.push(`Name is too long (maximum is ${nameLimit} characters)`);
  } else return { name };
  return {};
}

/** The exact text (fact 55). */
export const NO_URL = "Url can't be empty";

function readUrl(body: ExtensionBody, problems: string[]): { url?: string | null } {
  const { endpoint_url: url } = body;
  if (url === undefined) return {};
  if (url === null || url === '') {
    problems.push(NO_URL);
    return {};
  }
  if (typeof url === 'string' && parseUrl(url) && /^https?:\/\//i.test(url)) return { url };
  problems.push('Endpoint url is not a valid URL');
  return {};
}

function readSchema(state: State, body: ExtensionBody, problems: string[]): { schemaId?: string } {
  const { extension_schema: schema } = body;
  if (schema === undefined) return {};
  const id = referenceId(schema, /^extension_schema(_reference)?$/);
  if (id === null) problems.push('Extension schema must be a reference with id and type');
  else if (!schemas.in(state).has(id)) problems.push('Extension schema not found');
  else return { schemaId: id };
  return {};
}

function readServices(
  state: State,
  body: ExtensionBody,
  problems: string[],
): { serviceIds?: readonly string[] } {
  const { extension_objects: objects } = body;
  if (objects === undefined) return {};
  const ids = Array.isArray(objects)
    ? objects.map((object) => referenceId(object, /^service(_reference)?$/))
    : [];
  if (ids.length === 0) problems.push("Extension objects can't be blank");
  else if (!ids.every((id) => id !== null)) {
    problems.push('Extension objects must be references with id and type');
  } else if (ids.length > 1 && state.switches.multipleObjects === 'reject') {
    problems.push('Only one extension object allowed'); // fact 12, the exact text
  } else if (!ids.every((id) => services.in(state).has(id))) problems.push('Extension object not found');
  else return { serviceIds: [...new Set(ids)] };
  return {};
}

/** `{id, type}` as required by fact 5; null for anything else. */
function referenceId(value: unknown, type: RegExp): string | null {
  const id = textOf(value, 'id') ?? null;
  return type.test(textOf(value, 'type') ?? '') ? id : null;
}

function readConfig(state: State, body: ExtensionBody, problems: string[]): { config?: ConfigFields } {
  const { config } = body;
  if (config === undefined) return {};
  if (config !== null && !isObject(config)) {
    problems.push('Config must be an object');
    return {};
  }
  const { headers, description, ...rest } = config ?? {};
  return {
    config: {
      ...readHeaders(state, headers, problems),
      ...(typeof description === 'string' && { description }),
      rest: state.switches.configKeys === 'keep' ? rest : {},
    },
  };
}

function readHeaders(
  state: State,
  value: unknown,
  problems: string[],
): { headers?: readonly Header[] | null } {
  if (value === undefined) return {};
  if (value === null) return { headers: null };
  if (!Array.isArray(value) || !value.every(isHeader)) {
    problems.push('Config headers must be a list of objects with name and value');
    return {};
  }
  const headers = value.map(({ name, value: text }) => ({ name, value: text }));
  problems.push(...headerProblems(state.switches.headerRules, headers));
  return { headers };
}

function isHeader(value: unknown): value is Header {
  return isObject(value) && typeof value.name === 'string' && typeof value.value === 'string';
}
