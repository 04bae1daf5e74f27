/**
 * One pace for the whole run (facts 23, 24): limits the requests in flight and the requests per window, and
 * all calls wait together if the server requests it. It learns the limit from each answer; until the first one it assumes the
 * documented 960 a minute.
 */
import type { Clock } from '../../clock.ts';
import { LONGEST_HINT_MS } from './failure.ts';
import type { AnswerHeaders } from './fetch.ts';
import { watchNeighbours } from './neighbours.ts';

const ASSUMED_LIMIT = 960;
const ASSUMED_WINDOW_MS = 60_000;
/** Share of a window reserved for others who use the same token, even before any were noticed. */
const RESERVE = 0.02;

export interface Turn {
  /** @param headers of the answer; null without one */
  done(headers: AnswerHeaders | null): void;
}

export interface PacerOptions {
  readonly clock: Clock;
  /** Most requests at once. */
  readonly inFlight: number;
  /** Called when all calls must wait. */
  readonly onWait?: ((ms: number) => void) | undefined;
}

/** Starts without knowledge: its first window begins now. */
export class Pacer {
  readonly #clock: Clock;
  readonly #onWait: PacerOptions['onWait'];
  readonly #budget: Budget;
  readonly #places: ReturnType<typeof createPlaces>;
  #closedUntil = Number.NEGATIVE_INFINITY;
  /** The end of the last wait that was reported. */
  #announced = Number.NEGATIVE_INFINITY;

  constructor({ clock, inFlight, onWait }: PacerOptions) {
    this.#clock = clock;
    this.#onWait = onWait;
    this.#budget = new Budget(clock);
    this.#places = createPlaces(inFlight);
  }

  /**
   * Resolves when a request may be sent; return the turn when its answer has arrived.
   * @param until the end of the run on the clock, now; resolves with null at once if the turn would come later
   * @throws the signal's reason if it aborts during the wait
   */
  async turn(signal?: AbortSignal, until = () => Number.POSITIVE_INFINITY): Promise<Turn | null> {
    await this.#places.take(signal);
    let allowed = false;
    try {
      allowed = await this.#untilAllowed(signal, until);
    } finally {
      if (!allowed) this.#places.give();
    }
    if (!allowed) return null;
    this.#budget.sent();
    return { done: (headers) => this.#done(headers) };
  }

  /** Lets no call send for the next `ms` milliseconds (F01). */
  close(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + ms);
  }

  #done(headers: AnswerHeaders | null): void {
    this.#budget.answered(headers);
    this.#places.give();
  }

  /** @returns false if that would be after the end of the run */
  async #untilAllowed(signal: AbortSignal | undefined, until: () => number): Promise<boolean> {
    for (;;) {
      signal?.throwIfAborted();
      const ms = Math.max(0, this.#closedUntil - this.#clock.now(), this.#budget.waitMs());
      if (this.#clock.now() + ms >= until()) return false;
      if (ms > 0) await this.#wait(ms, signal);
      else if (!this.#budget.probe()) return true;
      else await this.#budget.probe();
    }
  }

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const until = this.#clock.now() + ms;
    // All calls wait for the same moment; one report is enough.
    if (until > this.#announced + 1) {
      this.#announced = until;
      this.#onWait?.(ms);
    }
    await this.#clock.sleep(ms, signal);
  }
}

/** Places for requests in flight; first come, first served. */
function createPlaces(most: number) {
  let taken = 0;
  const queue: Array<() => void> = [];
  return {
    take(signal: AbortSignal | undefined): Promise<void> {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (taken < most) {
        taken += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          queue.splice(queue.indexOf(enter), 1);
          reject(signal?.reason);
        };
        queue.push(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
    give(): void {
      const pass = (): void => {
        const next = queue.shift();
        if (next) next();
        else taken -= 1;
      };
      // The next call starts after this answer has been processed, because it may end the run (F20).
      if (queue.length > 0) setImmediate(pass);
      else taken -= 1;
    },
  };
}

/** The number of requests that the present window still allows, according to the answers. */
class Budget {
  readonly #clock: Clock;
  readonly #neighbours: ReturnType<typeof watchNeighbours>;
  #limit = ASSUMED_LIMIT;
  #remaining = ASSUMED_LIMIT;
  #windowMs = ASSUMED_WINDOW_MS;
  #windowEnds: number;
  #flying = 0;
  /** `reset` is whole seconds, so a window may end later than announced: its first request goes alone, to find out. */
  #probe: { readonly answered: Promise<void>; readonly resolve: () => void } | null = null;
  #probeDue = false;
  /** The next answer is the first one known of its window. */
  #windowIsNew = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#windowEnds = clock.now() + ASSUMED_WINDOW_MS;
    this.#neighbours = watchNeighbours(clock, () => ({ limit: this.#limit, ms: this.#windowMs }));
  }

  /** Milliseconds until the budget allows one more request. */
  waitMs(): number {
    this.#renew();
    // At least one: with whole seconds, a window may seem over too early, and then one request finds out.
    const spare = this.#remaining - this.#flying - Math.ceil(this.#limit * RESERVE);
    const left = this.#windowEnds - this.#clock.now();
    if (spare <= 0) return Math.max(1, left);
    // The reserved share is released as the window passes.
    const rate = this.#neighbours.rate();
    return spare > rate * left ? 0 : Math.max(1, left - (spare - 1) / rate);
  }

  /** Settles when the window's first request is answered; null if no wait is needed. */
  probe(): Promise<void> | null {
    return this.#probe?.answered ?? null;
  }

  sent(): void {
    this.#flying += 1;
    if (!this.#probeDue) return;
    this.#probeDue = false;
    let resolve = (): void => undefined;
    const answered = new Promise<void>((done) => {
      resolve = done;
    });
    this.#probe = { answered, resolve };
  }

  answered(headers: AnswerHeaders | null): void {
    this.#flying -= 1;
    this.#remaining -= 1;
    this.#neighbours.own();
    this.#probe?.resolve();
    this.#probe = null;
    const quota = headers && readHeaders(headers);
    if (quota) this.#learn(quota);
  }

  #renew(): void {
    if (this.#clock.now() < this.#windowEnds) return;
    this.#remaining = this.#limit;
    this.#windowEnds = this.#clock.now() + this.#windowMs;
    this.#probeDue = true;
    this.#windowIsNew = true;
  }

  #learn(quota: RateHeaders): void {
    const windowIsKnown = quota.limit === this.#limit;
    const isMore = quota.remaining > this.#remaining;
    this.#limit = quota.limit;
    // Answers overtake each other: a slightly higher remainder is an older count, a much higher one a new window.
    const overtaken = windowIsKnown && isMore && quota.remaining <= this.#remaining + this.#flying + 1;
    if (this.#windowIsNew || !windowIsKnown || (isMore && !overtaken)) {
      this.#neighbours.begin(quota.remaining);
      this.#windowIsNew = false;
    } else {
      this.#neighbours.saw(quota.remaining, this.#flying);
    }
    this.#remaining = Math.min(overtaken ? this.#remaining : quota.remaining, quota.limit);
    this.#windowEnds = this.#clock.now() + quota.resetMs;
    const isLonger = quota.resetMs > this.#windowMs || this.#windowMs === ASSUMED_WINDOW_MS;
    if (isLonger) this.#windowMs = quota.resetMs;
  }
}

interface RateHeaders {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** The three headers, if all of them are valid. A window that ends "in 0 s" ends within the next second. */
function readHeaders(headers: AnswerHeaders): RateHeaders | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    const text = headers.get(`ratelimit-${name}`)?.trim() ?? '';
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  });
  if (!limit || remaining === undefined || reset === undefined) return undefined;
  return { limit, remaining, resetMs: Math.min(Math.max(reset, 1) * 1000, LONGEST_HINT_MS) };
}
