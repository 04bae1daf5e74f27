import type { Clock } from '../../clock.ts';

/** The time that an answer counts: asking costs a write or a round trip, and others than the operator may ask. */
const FRESH_MS = 250;

/** Why no press could be taken now, or null; looked up at most every 250 ms. */
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
