/**
 * Checks requests and answers against PagerDuty's own API description. The file is not part of this repository: the environment
 * variable `PAGERDUTY_OPENAPI` names it.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

/** One request and its answer. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By lower-case name. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Undefined if the request had no body. */
  readonly requestBody?: unknown;
  readonly status: number;
  readonly contentType: string | null;
  /** The JSON value; undefined without a body or with one that is not JSON. */
  readonly responseBody?: unknown;
}

/** One deviation from the description. */
export interface Finding {
  readonly what:
    | 'operation'
    | 'parameter'
    | 'header'
    | 'request body'
    | 'status'
    | 'content type'
    | 'response body';
  /** A place in the body, or the name of a parameter, header or status. */
  readonly at: string;
  readonly message: string;
}

export interface Description {
  /** The operations, as `GET /extensions/{id}`. */
  readonly operations: readonly string[];
  /** The operation of a request; null if the description has none. */
  operationOf(method: string, path: string): string | null;
  /** The statuses that the description lists for an operation. */
  statusesOf(operation: string): readonly number[];
  check(exchange: Exchange): readonly Finding[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly required?: boolean;
  readonly schema: { readonly type?: string; readonly items?: unknown };
}

interface Reference {
  readonly $ref: string;
}

interface Operation {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, Reference | { readonly content?: Readonly<Record<string, unknown>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const METHODS = ['get', 'post', 'put', 'delete'];
const ID = 'openapi';

/** @throws if `PAGERDUTY_OPENAPI` does not name a readable description */
export function loadDescription(): Description {
  const file = process.env.PAGERDUTY_OPENAPI;
  if (!file) throw new Error('PAGERDUTY_OPENAPI must name the API description (openapiv3.json)');
  return describeFrom(JSON.parse(readFileSync(file, 'utf8')));
}

function describeFrom(document: Document): Description {
  // The description uses keywords and formats of OpenAPI that JSON schema does not know.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, ID);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const find = (operation: string): Operation => {
    const [method = '', path = ''] = operation.split(' ');
    const found = document.paths[path]?.[method.toLowerCase()];
    if (!found) throw new Error(`${operation} is not described`);
    return found;
  };
  const operationOf = (method: string, path: string) => {
    const [plain = ''] = path.split('?');
    const fitting = operations.filter((one) => fits(one, method, plain));
    // `/users/me` goes before `/users/{id}`.
    return fitting.sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))[0] ?? null;
  };
  const problems = (pointer: string, value: unknown): readonly ErrorObject[] => {
    const validate = ajv.compile({ $ref: `${ID}#${pointer}` });
    return validate(value) ? [] : (validate.errors ?? []);
  };

  const checkParameters = (operation: string, exchange: Exchange): Finding[] => {
    const parameters = (find(operation).parameters ?? []).map((one) => resolve<Parameter>(document, one));
    const query = new URL(exchange.path, 'http://x.invalid').searchParams;
    const unknown = [...new Set(query.keys())]
      .filter((name) => !parameters.some((one) => one.in === 'query' && one.name === name))
      .map((name): Finding => ({ what: 'parameter', at: name, message: 'is not described' }));
    const wrong = parameters
      .filter((one) => one.in === 'query')
      .flatMap((parameter) => query.getAll(parameter.name).map((text) => [parameter, text] as const))
      .filter(([parameter, text]) => !ajv.validate(elementSchema(parameter), typed(parameter, text)))
      .map(([{ name }, text]): Finding => ({ what: 'parameter', at: name, message: `cannot be ${text}` }));
    const missing = parameters
      .filter((one) => one.in === 'header' && one.required === true)
      // The description requires it everywhere, but a request without a body does not need it.
      .filter(({ name }) => name !== 'Content-Type' || exchange.requestBody !== undefined)
      .filter(({ name }) => exchange.requestHeaders[name.toLowerCase()] === undefined)
      .map(({ name }): Finding => ({ what: 'header', at: name, message: 'is missing' }));
    return [...unknown, ...wrong, ...missing];
  };

  const checkRequestBody = (operation: string, { requestBody }: Exchange): Finding[] => {
    const described = find(operation).requestBody !== undefined;
    if (!described && requestBody === undefined) return [];
    const missing = described ? 'is missing' : 'is not described';
    if (!described || requestBody === undefined) return [{ what: 'request body', at: '', message: missing }];
    const pointer = `/paths/${pathPointer(operation)}/requestBody/content/application~1json/schema`;
    return problems(pointer, requestBody).map(toFinding('request body'));
  };

  const checkResponse = (operation: string, exchange: Exchange): Finding[] => {
    const status = String(exchange.status);
    const response = find(operation).responses[status];
    if (!response) return [{ what: 'status', at: status, message: 'is not described' }];
    const pointer =
      '$ref' in response
        ? String(response.$ref).slice(1)
        : `/paths/${pathPointer(operation)}/responses/${status}`;
    const content = resolve<{ content?: object }>(document, response).content;
    if (!content) return [];
    if (!exchange.contentType?.startsWith('application/json')) {
      return [{ what: 'content type', at: status, message: `is ${exchange.contentType}` }];
    }
    const body = problems(`${pointer}/content/application~1json/schema`, exchange.responseBody);
    return body.map(toFinding('response body'));
  };

  return {
    operations,
    operationOf,
    statusesOf: (operation) => Object.keys(find(operation).responses).map(Number),
    check: (exchange) => {
      const operation = operationOf(exchange.method, exchange.path);
      if (!operation) {
        return [
          { what: 'operation', at: `${exchange.method} ${exchange.path}`, message: 'is not described' },
        ];
      }
      // A refused request may be wrong on purpose, so only the refusal is checked.
      const accepted = exchange.status < 400;
      return [
        ...(accepted ? checkParameters(operation, exchange) : []),
        ...(accepted ? checkRequestBody(operation, exchange) : []),
        ...checkResponse(operation, exchange),
      ];
    },
  };
}

function fits(operation: string, method: string, path: string): boolean {
  const [wantedMethod, wantedPath = ''] = operation.split(' ');
  const wanted = wantedPath.split('/');
  const given = path.split('/');
  return (
    wantedMethod === method &&
    wanted.length === given.length &&
    wanted.every((part, at) => part.startsWith('{') || part === given[at])
  );
}

function pathPointer(operation: string): string {
  const [method = '', path = ''] = operation.split(' ');
  const escaped = path.replaceAll('~', '~0').replaceAll('/', '~1');
  return `${encodeURIComponent(escaped)}/${method.toLowerCase()}`;
}

function resolve<T>(document: Document, value: unknown): T {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as T;
  const steps = String(value.$ref).slice(2).split('/');
  const found = steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }, document);
  return resolve<T>(document, found);
}

/** The schema of one value of a repeatable parameter. */
function elementSchema({ schema }: Parameter): object {
  const { uniqueItems: _ofTheWhole, ...rest } = schema as Record<string, unknown>;
  return schema.type === 'array' ? ((schema.items as object | undefined) ?? {}) : rest;
}

function typed({ schema }: Parameter, text: string): unknown {
  if (schema.type === 'integer') return Number(text);
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function toFinding(what: Finding['what']): (error: ErrorObject) => Finding {
  return ({ instancePath, message, params }) => ({
    what,
    at: instancePath,
    message: `${message ?? 'is wrong'} ${JSON.stringify(params)}`,
  });
}
