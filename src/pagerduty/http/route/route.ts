/** The route of requests that do not leave this machine directly: their agent, and the failures of a proxy. */
import type { Agent } from 'node:http';

/** A way to one host. */
export interface NetworkRoute {
  readonly agent: Agent;
  /** Verifies certificates whatever NODE_TLS_REJECT_UNAUTHORIZED is; by default Node decides. */
  readonly rejectUnauthorized?: true | undefined;
}

/** A proxy as named in messages, without its login. */
export interface ProxyName {
  /** Host and port. */
  readonly host: string;
  /** The variable or option that names it. */
  readonly from: string;
  /** Advice for a direct connection. */
  readonly bypass: string;
  readonly hasLogin: boolean;
}

/** A proxy that could not be reached, or its refusal of a CONNECT (F43). */
export interface ProxyRefusal {
  readonly proxy: ProxyName;
  /** Status of the answer to CONNECT; absent without one. */
  readonly status?: number | undefined;
  /** The schemes that a 407 offers, in lower case. */
  readonly schemes?: readonly string[] | undefined;
  /** The system's code without an answer: `ECONNREFUSED`. */
  readonly systemCode?: string | undefined;
}

/** Thrown instead of a connection. Nothing was sent to the host behind the proxy. */
export class ProxyError extends Error {
  /** The same code as in Node's own proxy support. */
  readonly code = 'ERR_PROXY_TUNNEL';
  readonly refusal: ProxyRefusal;

  constructor(refusal: ProxyRefusal, cause?: unknown) {
    super('no tunnel through the proxy', { cause });
    this.refusal = refusal;
  }
}
