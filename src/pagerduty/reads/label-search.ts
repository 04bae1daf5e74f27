/** Searches for missing actions by the labels of similar ones, while that is cheaper than reading single services. */
import type { Record } from './extension-list.ts';
import type { Gain, Slice, Union } from './slices.ts';

/** Limit for searches before the gain is counted. */
const TRIAL = 12;

/** The most actions on a service (fact 13). */
export const ON_A_SERVICE = 3;

/** Minimum gain of a search per request: with less, most services must be read anyway. */
const WORTH = 3 * ON_A_SERVICE;

/** A shorter common prefix would find most of the account again. */
const SHORTEST = 3;

/** Searches into one union. */
export class LabelSearch {
  readonly #union: Union<Record>;
  readonly #asked = new Set<string>();
  readonly #seen = new Map<string, number>();
  readonly #labels: Trial;
  readonly #beginnings: Trial;

  constructor(union: Union<Record>) {
    this.#union = union;
    const ask = (some: readonly string[]): Promise<Gain> => this.ask(some);
    this.#labels = new Trial(ask);
    this.#beginnings = new Trial(ask);
  }

  /** Reads the actions that these labels find, each label once. */
  async ask(labels: Iterable<string>): Promise<Gain> {
    const added = this.#unasked(labels);
    for (const label of added) this.#asked.add(label);
    return this.#union.add(added.map((query): Slice => ({ query: { query }, filters: true })));
  }

  /**
   * Searches for the labels of records that no search has shown, the frequent ones first, and for the prefixes of unique ones.
   * @returns true if that was worth its requests
   */
  async learn(fresh: readonly Record[]): Promise<boolean> {
    const labels = fresh.map(({ action }) => action.label);
    for (const label of labels) this.#seen.set(label, this.#times(label) + 1);
    if (this.#union.isFull()) return false;
    const added = this.#unasked(labels).sort((a, b) => this.#times(b) - this.#times(a));
    const byLabel = await this.#labels.run(added);
    if (this.#union.isFull()) return byLabel;
    const rare = added.filter((label) => this.#times(label) === 1);
    return (await this.#beginnings.run(this.#unasked(sharedBeginnings(rare)))) || byLabel;
  }

  #unasked(labels: Iterable<string>): string[] {
    return [...new Set(labels)].filter((label) => label !== '' && !this.#asked.has(label));
  }

  #times(label: string): number {
    return this.#seen.get(label) ?? 0;
  }
}

/** One way to search: in larger batches while it is worth it, and smaller ones if not. */
class Trial {
  readonly #ask: (some: readonly string[]) => Promise<Gain>;
  #size = TRIAL;

  constructor(ask: (some: readonly string[]) => Promise<Gain>) {
    this.#ask = ask;
  }

  /** @returns true if the last requests were worth it */
  async run(candidates: readonly string[]): Promise<boolean> {
    let isWorth = false;
    for (let waiting = candidates; waiting.length > 0; ) {
      const { requests, records } = await this.#ask(waiting.slice(0, this.#size));
      waiting = waiting.slice(this.#size);
      isWorth = records > WORTH * requests;
      this.#size = isWorth ? Math.max(TRIAL, 2 * this.#size) : Math.max(1, Math.floor(this.#size / 2));
      if (!isWorth) break;
    }
    return isWorth;
  }
}

/** The longest common prefixes of labels, shortest first, because the search is for parts of labels. */
function sharedBeginnings(labels: readonly string[]): string[] {
  const sorted = [...labels].sort();
  const shared = sorted
    .slice(1)
    .map((label, index) => commonBeginning(label, sorted[index] ?? '').trim())
    .filter((beginning) => beginning.length >= SHORTEST)
    .sort();
  let last: string | undefined;
  return shared.filter((beginning) => {
    if (last !== undefined && beginning.startsWith(last)) return false;
    last = beginning;
    return true;
  });
}

function commonBeginning(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
