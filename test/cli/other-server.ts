import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** The response: a status, and a document or a text. */
export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  /** Sends nothing, and keeps the connection. */
  readonly hang?: boolean;
}

/** A test server that shares nothing with the sandbox, and records its requests. */
export async function otherServer(
  reply: (asked: Asked) => Reply,
): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const call: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization,
      body: Buffer.concat(chunks).toString(),
    };
    asked.push(call);
    const { status = 200, json, text, headers = {}, hang } = reply(call);
    if (hang) return;
    const type = text === undefined ? 'application/json' : 'text/html; charset=utf-8';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

interface Thing {
  id: string;
  name: string;
}

/**
 * A PagerDuty that does as little as the documentation allows: no filters, no totals, no rate headers, unknown includes refused,
 * header names hidden, pages of 25. A program that works with it depends on no extra behaviour of the sandbox.
 */
export function frugalPagerDuty(services: readonly Thing[]) {
  const extensions = new Map<string, Record<string, unknown>>();
  let next = 1;
  const page = (key: string, all: readonly unknown[], { query }: Asked): Reply => {
    const limit = Math.min(25, Number(query.get('limit') ?? 25));
    const offset = Number(query.get('offset') ?? 0);
    const more = offset + limit < all.length;
    return { json: { [key]: all.slice(offset, offset + limit), limit, offset, more, total: null } };
  };
  const write = (id: string, call: Asked): Reply => {
    const { extension } = JSON.parse(call.body) as { extension?: Record<string, unknown> };
    if (!extension)
      return { status: 400, json: { error: { code: 2001, message: 'Invalid Input Provided' } } };
    const { config: _writeOnly, ...visible } = extension;
    extensions.set(id, { ...extensions.get(id), ...visible, id, type: 'webhook' });
    return { json: { extension: extensions.get(id) }, status: call.method === 'POST' ? 201 : 200 };
  };
  const notFound: Reply = { status: 404, json: { error: { code: 2100, message: 'Not Found' } } };
  return {
    extensions,
    reply(call: Asked): Reply {
      const [, resource, id] = call.path.split('/');
      if (call.query.getAll('include[]').length > 0 && id === undefined) {
        return {
          status: 400,
          json: { error: { code: 2001, message: 'Invalid Input Provided', errors: ['include[]'] } },
        };
      }
      if (resource === 'extension_schemas') {
        return page(
          'extension_schemas',
          [{ id: 'PSCHEMA', key: 'custom_webhook', label: 'Custom Incident Action' }],
          call,
        );
      }
      if (resource === 'services') {
        if (id === undefined) return page('services', services, call);
        const service = services.find((one) => one.id === id);
        return service ? { json: { service } } : notFound;
      }
      if (resource === 'teams') return page('teams', [], call);
      if (resource !== 'extensions') return notFound;
      if (id === undefined) {
        return call.method === 'POST'
          ? write(`PNEW${next++}`, call)
          : page('extensions', [...extensions.values()], call);
      }
      if (!extensions.has(id)) return notFound;
      if (call.method === 'PUT') return write(id, call);
      if (call.method === 'GET') return { json: { extension: extensions.get(id) } };
      extensions.delete(id);
      return { status: 204 };
    },
  };
}
