/** The endpoint under test, the checks, and the world that they use. */
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Header } from '../core/action.ts';
import type { Check } from './check.ts';
import type { MessageBody } from './payload.ts';

/** An endpoint with what PagerDuty would send to it. */
export interface Target {
  readonly label: string;
  readonly url: string;
  readonly headers: readonly Header[];
}

/** A way to endpoints that is not direct, as PagerDuty's is. What goes wrong on it is thrown and is no finding about the endpoint. */
export interface Detour {
  /** For one request to this address. */
  readonly agent: (url: URL) => Agent;
  /** A connection to host and port of this address. */
  readonly dial: (url: URL) => Promise<Socket>;
  /** True for a failure of the way itself. */
  readonly isItsOwn: (error: unknown) => boolean;
}

/** The world, handed in. */
export interface TestWorld {
  /** Certificates that count, in PEM; Node's own list is derived from Mozilla's (fact 45). */
  readonly roots: readonly string[];
  /** For deadlines and durations. */
  readonly clock: Clock;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Fresh ids for messages. */
  readonly newId: () => string;
  /** The addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** True if an address, or a name, means something inside a private network only. */
  readonly isInternal: (host: string) => boolean;
  readonly signal: AbortSignal;
  /** Direct without one. */
  readonly detour?: Detour | undefined;
}

export interface Wish {
  readonly checks: readonly Check[];
  /** The message for a target. */
  readonly message: (target: Target, webhookId: string) => MessageBody;
  /** Called when a check begins. */
  readonly onCheck?: ((check: Check) => void) | undefined;
}
