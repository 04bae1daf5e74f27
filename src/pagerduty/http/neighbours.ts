/**
 * Estimates the requests of other clients with the same token: those that a window loses beyond our own. The same number is reserved
 * for them in the rest of the window, up to half of it; unused ones become ours again as the window passes.
 */
import type { Clock } from '../../clock.ts';

/** A smaller share of a window proves nothing, because answers overtake each other. */
const NOISE = 0.01;

/** Our guaranteed share of a window, whatever others use: half of it, less the error of the estimate. */
const OURS = 0.45;

/** The measured number is the minimum that they have used. */
const MARGIN = 1.25;

export interface TokenNeighbours {
  /** A window is known from here on, with this many requests left. */
  begin(remaining: number): void;
  /** One of our own requests was answered. */
  own(): void;
  /** An answer reports the remaining requests, while `flying` of ours are in flight. */
  saw(remaining: number, flying: number): void;
  /** The requests a millisecond to reserve for them; 0 if none were noticed. */
  rate(): number;
}

/** Watches one window after the other. `window` gives the present limit and length. */
export function watchNeighbours(
  clock: Clock,
  window: () => { readonly limit: number; readonly ms: number },
): TokenNeighbours {
  let base: { readonly at: number; readonly remaining: number } | undefined;
  let answered = 0;
  let measured = 0;
  let before = 0;

  return {
    begin(remaining) {
      before = Math.max(measured, before);
      base = { at: clock.now(), remaining };
      answered = 0;
      measured = 0;
    },
    own() {
      answered += 1;
    },
    saw(remaining, flying) {
      if (!base) return;
      const { limit, ms } = window();
      const passed = Math.max(1, clock.now() - base.at);
      // Long enough to prefer it to the estimate from the previous window.
      if (passed > ms / 4) before = 0;
      // Requests in flight may have been counted by now, so this is the least that others took.
      const taken = base.remaining - remaining - answered - flying;
      if (taken >= Math.max(2, limit * NOISE)) measured = (MARGIN * taken) / passed;
    },
    rate() {
      const { limit, ms } = window();
      return answered < limit * OURS ? 0 : Math.min(Math.max(measured, before), limit / 2 / ms);
    },
  };
}
