/**
 * Other clients with the same token: requests that a window loses beyond our own are theirs. They are left as many for the rest of the
 * window, up to half of it; those they do not use become ours again as the window passes, so none are wasted.
 */
import type { Clock } from '../../clock.ts';

/** Less than this share of a window says nothing: answers overtake each other. */
const NOISE = 0.01;

/** So much of a window is ours, however much they want: half of it, less what the two of us may be off by. */
const OURS = 0.45;

/** The measured number is the least that they can have taken. */
const MARGIN = 1.25;

export interface Neighbours {
  /** A window is known from here on, with so much left in it. */
  begin(remaining: number): void;
  /** One of our own requests was answered. */
  own(): void;
  /** An answer says how much is left, while `flying` of our requests are not answered yet. */
  saw(remaining: number, flying: number): void;
  /** The requests a millisecond to leave to them; 0 if none were noticed. */
  rate(): number;
}

/** Watches one window after the other. `window` gives the present limit and length. */
export function watchNeighbours(
  clock: Clock,
  window: () => { readonly limit: number; readonly ms: number },
): Neighbours {
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
      // Long enough to know better than from the window before.
      if (passed > ms / 4) before = 0;
      // Requests under way may have been counted by now, so this is the least that others took.
      const taken = base.remaining - remaining - answered - flying;
      if (taken >= Math.max(2, limit * NOISE)) measured = (MARGIN * taken) / passed;
    },
    rate() {
      const { limit, ms } = window();
      return answered < limit * OURS ? 0 : Math.min(Math.max(measured, before), limit / 2 / ms);
    },
  };
}
