import type { Clock } from '../../clock.ts';

/** Caches the answer for this long: a check costs a write or a round trip, and anyone may ask. */
const FRESH_MS = 250;

/** Why no press could be accepted now, or null; checked at most every 250 ms. */
export class Readiness {
  readonly #look: () => Promise<string | null>;
  readonly #clock: Clock;
  #answer: { readonly at: number; readonly why: string | null } | undefined;

  constructor(look: () => Promise<string | null>, clock: Clock) {
    this.#look = look;
    this.#clock = clock;
  }

  async whyNot(): Promise<string | null> {
    const now = this.#clock.now();
    if (!this.#answer || now - this.#answer.at >= FRESH_MS) {
      this.#answer = { at: now, why: await this.#look() };
    }
    return this.#answer.why;
  }
}
