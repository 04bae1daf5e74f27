/** Shows the traffic between this program and PagerDuty to a waiting user. */
import type { Clock } from '../clock.ts';
import type { StoreEvent } from '../pagerduty/store.ts';
import type { Io } from '../ui/io.ts';
import { createProgress, createSpinner, formatCount, type Progress, type Spinner } from '../ui/progress.ts';
import { plural } from '../ui/text/plural.ts';
import { signed } from '../ui/text/signs.ts';
import { type Line, styled } from '../ui/text/text.ts';

export interface Activity {
  /** The store's observer. */
  readonly observe: (event: StoreEvent) => void;
  /** Shows a spinner during the work, or until the next display. */
  while<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Shows a bar over `total` pieces of work. */
  working(title: string, total: number): Progress;
  /** Removes the display. */
  end(): void;
}

/** Displays for one command: a spinner while it reads, a bar while it writes; one at a time. */
export class ActivityDisplay implements Activity {
  readonly #io: Io;
  readonly #clock: Clock;
  #spinner: Spinner | undefined;
  #progress: Progress | undefined;
  /** The records read so far, by their kind. */
  readonly #counts = new Map<string, { readonly done: number; readonly total: number }>();
  #endsAt: number | undefined;
  /** True once services without a valid id were named. */
  readonly #leftOut = new Map<string, boolean>();

  constructor(io: Io, clock: Clock) {
    this.#io = io;
    this.#clock = clock;
  }

  readonly observe = (event: StoreEvent): void => {
    if (event.type === 'reading') this.#count(event);
    if (event.type === 'left out') this.#leaveOut(event.services);
    if (event.type === 'limit') {
      this.#endsAt = event.at;
      (this.#progress ?? this.#spinner)?.limit(event.at);
    }
    if (event.type === 'wait' && event.ms >= 1000) {
      const why = event.why === 'rate-limit' ? "for PagerDuty's rate limit" : 'before the next attempt';
      (this.#progress ?? this.#spinner)?.waiting(event.ms, why);
    }
    if (this.#io.debugging) this.#io.debug(describe(event));
  };

  async while<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.end();
    if (!this.#io.quiet) this.#spinner = createSpinner(this.#io, this.#clock, title);
    if (this.#endsAt !== undefined) this.#spinner?.limit(this.#endsAt);
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  working(title: string, total: number): Progress {
    this.end();
    const progress = createProgress(this.#io, this.#clock, { title, total });
    if (this.#endsAt !== undefined) progress.limit(this.#endsAt);
    this.#progress = progress;
    return progress;
  }

  end(): void {
    this.#spinner?.done();
    this.#progress?.done();
    this.#spinner = undefined;
    this.#progress = undefined;
    this.#nameLeftOut();
  }

  #count(event: Extract<StoreEvent, { readonly type: 'reading' }>): void {
    this.#counts.set(event.what, event);
    const parts = [...this.#counts].map(
      ([what, { done, total }]) => `${formatCount(done)}/${formatCount(total)} ${what}`,
    );
    this.#spinner?.update(parts.join(', '));
  }

  #leaveOut(services: readonly { readonly id: string; readonly name: string }[]): void {
    for (const { id, name } of services) {
      const known = `${name} (${id})`;
      this.#leftOut.set(known, this.#leftOut.get(known) ?? false);
    }
  }

  #nameLeftOut(): void {
    const fresh = [...this.#leftOut].filter(([, named]) => !named).map(([name]) => name);
    if (fresh.length === 0) return;
    for (const name of fresh) this.#leftOut.set(name, true);
    this.#io.warn(`${plural(fresh.length, 'service')} skipped, without a valid id: ${fresh.join(', ')}`);
  }
}

function describe(event: StoreEvent): Line {
  const [arrow, text] = wordsOf(event);
  return [signed('muted', arrow), styled('muted', text)];
}

function wordsOf(event: StoreEvent): readonly [arrow: string, text: string] {
  switch (event.type) {
    case 'request':
      return ['→ ', `${event.method} ${event.path}`];
    case 'response':
      return [
        '← ',
        `${event.status} ${event.method} ${event.path} ${Math.round(event.ms)} ms${event.requestId === null ? '' : ` ${event.requestId}`}`,
      ];
    case 'failure':
      return ['← ', `no response to ${event.method} ${event.path}: ${event.reason}`];
    case 'wait':
      return ['  ', `waiting ${Math.round(event.ms)} ms (${event.why})`];
    case 'reading':
      return ['  ', `${event.what}: ${event.done}/${event.total}`];
    case 'left out':
      return ['  ', `${plural(event.services.length, 'service')} without a valid id`];
    case 'limit':
      return ['  ', `time limit of the run: ${Math.round(event.at / 1000)} s on its clock`];
  }
}
