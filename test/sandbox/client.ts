import { afterEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; null if it is not JSON. */
  readonly json: Json;
}

/** JSON for tests: any member may exist anywhere. */
export interface Json {
  readonly [key: string]: Json;
}

/** A JSON list; empty for anything else. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox that ends with the test. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** One request with the sandbox's token. */
export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  { body, headers = {}, signal }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(sandbox.url + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/vnd.pagerduty+json;version=2',
      authorization: `Token token=${sandbox.token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null as unknown as Json;
  }
}

/** One control request. */
export function control(sandbox: Sandbox, method: string, name: string, body?: unknown): Promise<Answer> {
  return call(sandbox, method, `/_sandbox/${name}`, {
    ...(body !== undefined && { body }),
    headers: { 'x-sandbox-token': sandbox.controlToken },
  });
}

/** A body that creates a custom incident action. */
export function extension(serviceId: string, name: string, more: Record<string, unknown> = {}): unknown {
  return {
    extension: {
      name,
      endpoint_url: 'https://automation.example.com/run',
      extension_schema: { id: 'PCUSTOM', type: 'extension_schema_reference' },
      extension_objects: [{ id: serviceId, type: 'service_reference' }],
      ...more,
    },
  };
}

/** Creates a custom incident action and returns its id. */
export async function create(
  sandbox: Sandbox,
  serviceId: string,
  name: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const { status, text, json } = await call(sandbox, 'POST', '/extensions', {
    body: extension(serviceId, name, more),
  });
  if (status !== 201) throw new Error(`create answered ${status}: ${text}`);
  return String(json.extension?.id);
}

/** The names in the list answer under `key`. */
export async function names(sandbox: Sandbox, path: string, key: string): Promise<readonly string[]> {
  const { json } = await call(sandbox, 'GET', path);
  return list(json[key]).map((one) => String(one.name));
}
