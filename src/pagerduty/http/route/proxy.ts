/** The only file that knows the proxy agents. Loaded only when a proxy is set. */

import { EventEmitter } from 'node:events';
import type { Agent, AgentOptions, ClientRequest, IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { codeOf } from '../../../code-of.ts';
import { ProxyError, type ProxyName } from './route.ts';

export interface ProxyOptions {
  /** `http:` or `https:`, with its login. */
  readonly url: URL;
  /** The variable or option that names it. */
  readonly from: string;
  /** Advice for a direct connection, for messages. */
  readonly bypass: string;
  /** The trusted certificate authorities; by default those of Node. */
  readonly trust: SecureContext | undefined;
  /** Closes open connections once the run is over, even one that the proxy never answers. */
  readonly end: AbortSignal;
}

/** The options that the agents pass on to `tls.connect` and `net.connect`, missing in their types. */
type ProxyConnection = AgentOptions & {
  readonly secureContext?: SecureContext;
  readonly signal: AbortSignal;
};

/** An agent for `https:` targets: a tunnel, so that the proxy sees no more than the name of the host. */
export function tunnelAgent(options: ProxyOptions): Agent {
  return namedTunnelAgent(options);
}

function namedTunnelAgent(options: ProxyOptions): TunnelAgent {
  const { url, from, bypass } = options;
  const hasLogin = url.username !== '' || url.password !== '';
  return new TunnelAgent(url, connectOptions(options), { host: url.host, from, bypass, hasLogin });
}

/** An agent for `http:` targets, whose requests the proxy forwards itself. */
export function forwardAgent(options: ProxyOptions): Agent {
  return new HttpProxyAgent(options.url, connectOptions(options));
}

/** A bare connection to host and port of `target`, through the proxy. @throws ProxyError without one */
export function openTunnel(options: ProxyOptions, target: URL): Promise<Socket> {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  // The library passes the proxy's answer to the request, which does not exist yet.
  const request = new EventEmitter() as ClientRequest;
  return namedTunnelAgent(options).connect(request, { host, port, secureEndpoint: false });
}

function connectOptions({ trust, end }: ProxyOptions): ProxyConnection {
  return { keepAlive: true, signal: end, ...(trust ? { secureContext: trust } : {}) };
}

class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #name: ProxyName;
  readonly #trust: SecureContext | undefined;

  constructor(url: URL, options: ProxyConnection, name: ProxyName) {
    super(url, options);
    this.#name = name;
    this.#trust = options.secureContext;
  }

  /** The library passes on a refusal as if the host had answered: a 403 of the proxy would look like one of PagerDuty's. */
  override async connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
  ): Promise<Socket> {
    const proxy = this.#name;
    let refusal: ProxyError | undefined;
    request.once('proxyConnect', ({ statusCode, headers }: ConnectAnswer) => {
      if (statusCode === 200) return;
      refusal = new ProxyError({ proxy, status: statusCode, schemes: schemesIn(headers) });
    });
    // The library uses its TLS options for a TLS connection to the proxy itself.
    const trust = this.#trust ? { secureContext: this.#trust } : {};
    const socket = await super.connect(request, { ...options, ...trust }).catch((cause: unknown) => {
      throw new ProxyError({ proxy, systemCode: codeOf(cause, '') || undefined }, cause);
    });
    if (!refusal) return socket;
    socket.destroy();
    throw refusal;
  }
}

interface ConnectAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

function schemesIn(headers: IncomingHttpHeaders): string[] {
  return [headers['proxy-authenticate'] ?? []]
    .flat()
    .flatMap((text) => /^[\w-]+/.exec(text.trim().toLowerCase()) ?? []);
}
