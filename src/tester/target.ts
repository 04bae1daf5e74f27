/** The endpoint under test, the checks, and their environment. */
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Header } from '../core/action.ts';
import type { EndpointCheck } from './check.ts';
import type { MessageBody } from './payload.ts';

/** An endpoint, with the headers that PagerDuty would send to it. */
export interface TestTarget {
  readonly label: string;
  readonly url: string;
  readonly headers: readonly Header[];
}

/** An indirect route to endpoints, unlike PagerDuty's. Its failures are thrown, because they are not findings about the endpoint. */
export interface Detour {
  /** For one request to this URL. */
  readonly agent: (url: URL) => Agent;
  /** A connection to host and port of this URL. */
  readonly dial: (url: URL) => Promise<Socket>;
  /** True for a failure of the route itself. */
  readonly isItsOwn: (error: unknown) => boolean;
}

/** The environment, passed in. */
export interface TestWorld {
  /** Trusted certificates, in PEM; Node's own list is derived from Mozilla's (fact 45). */
  readonly roots: readonly string[];
  /** For deadlines and durations. */
  readonly clock: Clock;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Fresh ids for messages. */
  readonly newId: () => string;
  /** The addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** True if an address, or a name, belongs to a private network. */
  readonly isInternal: (host: string) => boolean;
  readonly signal: AbortSignal;
  /** Direct by default. */
  readonly detour?: Detour | undefined;
}

export interface TestPlan {
  readonly checks: readonly EndpointCheck[];
  /** The message for a target. */
  readonly message: (target: TestTarget, webhookId: string) => MessageBody;
  /** Called when a check begins. */
  readonly onCheck?: ((check: EndpointCheck) => void) | undefined;
}
