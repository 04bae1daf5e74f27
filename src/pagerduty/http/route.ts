/** The route of requests that do not leave this machine directly: their agent, and the failures of a proxy. */
import type { Agent } from 'node:http';

/** A way to one host. */
export interface Route {
  readonly agent: Agent;
  /** Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says; Node decides without it. */
  readonly rejectUnauthorized?: true | undefined;
}

/** A proxy as messages name it. Its login is never part of it. */
export interface ProxyName {
  /** Host and port. */
  readonly host: string;
  /** The variable or option that names it. */
  readonly from: string;
  /** What to do to go directly. */
  readonly bypass: string;
  readonly hasLogin: boolean;
}

/** A proxy that could not be reached, or its refusal of a CONNECT (F43). */
export interface ProxyRefusal {
  readonly proxy: ProxyName;
  /** Status of the answer to CONNECT; absent when none came. */
  readonly status?: number | undefined;
  /** The schemes that a 407 offers, in lower case. */
  readonly schemes?: readonly string[] | undefined;
  /** The system's word when no answer came: `ECONNREFUSED`. */
  readonly systemCode?: string | undefined;
}

/** Thrown in place of a connection. Nothing was sent to the host behind the proxy. */
export class ProxyError extends Error {
  /** As Node's own proxy support names it. */
  readonly code = 'ERR_PROXY_TUNNEL';
  readonly refusal: ProxyRefusal;

  constructor(refusal: ProxyRefusal, cause?: unknown) {
    super('no tunnel through the proxy', { cause });
    this.refusal = refusal;
  }
}
