/** Shows the traffic between this program and PagerDuty to the person who waits for it. */
import type { Clock } from '../clock.ts';
import type { StoreEvent } from '../pagerduty/store.ts';
import type { Io } from '../ui/io.ts';
import { createProgress, createSpinner, formatCount, type Progress, type Spinner } from '../ui/progress.ts';
import { plural } from '../ui/text/plural.ts';
import { line, styled } from '../ui/text/text.ts';

export interface Activity {
  /** The store's observer. */
  readonly observe: (event: StoreEvent) => void;
  /** Shows a spinner while the work is under way, or until the next display. */
  while<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Shows a bar over `total` pieces of work. */
  working(title: string, total: number): Progress;
  /** Takes the display away. */
  end(): void;
}

/** Displays for one command: a wheel while it reads, a bar while it writes; one at a time. */
export function createActivity(io: Io, clock: Clock): Activity {
  let spinner: Spinner | undefined;
  let progress: Progress | undefined;
  const done: Record<string, { readonly done: number; readonly total: number }> = {};
  let endsAt: number | undefined;
  /** Services without a valid id: true once they were named. */
  const leftOut = new Map<string, boolean>();

  const end = (): void => {
    spinner?.done();
    progress?.done();
    spinner = undefined;
    progress = undefined;
    nameLeftOut();
  };

  const nameLeftOut = (): void => {
    const fresh = [...leftOut].filter(([, named]) => !named).map(([name]) => name);
    if (fresh.length === 0) return;
    for (const name of fresh) leftOut.set(name, true);
    const text = `${plural(fresh.length, 'service')} without a valid id, left out: ${fresh.join(', ')}`;
    io.warn(text);
  };

  return {
    observe(event) {
      if (event.type === 'reading') {
        done[event.what] = event;
        const parts = Object.entries(done).map(
          ([what, count]) => `${formatCount(count.done)}/${formatCount(count.total)} ${what}`,
        );
        spinner?.update(parts.join(', '));
      }
      if (event.type === 'left out') {
        for (const { id, name } of event.services) {
          leftOut.set(`${name} (${id})`, leftOut.get(`${name} (${id})`) ?? false);
        }
      }
      if (event.type === 'limit') {
        endsAt = event.at;
        (progress ?? spinner)?.limit(endsAt);
      }
      if (event.type === 'wait' && event.ms >= 1000) {
        const why = event.why === 'rate-limit' ? "for PagerDuty's rate limit" : 'to try again';
        (progress ?? spinner)?.waiting(event.ms, why);
      }
      if (io.debugging) io.debug(line(styled('muted', describe(event))));
    },
    async while(title, work) {
      end();
      if (!io.quiet) spinner = createSpinner(io, clock, title);
      if (endsAt !== undefined) spinner?.limit(endsAt);
      try {
        return await work();
      } finally {
        end();
      }
    },
    working(title, total) {
      end();
      progress = createProgress(io, clock, { title, total });
      if (endsAt !== undefined) progress.limit(endsAt);
      return progress;
    },
    end,
  };
}

function describe(event: StoreEvent): string {
  switch (event.type) {
    case 'request':
      return `→ ${event.method} ${event.path}`;
    case 'response':
      return `← ${event.status} ${event.method} ${event.path} ${Math.round(event.ms)} ms${event.requestId === null ? '' : ` ${event.requestId}`}`;
    case 'failure':
      return `← no answer to ${event.method} ${event.path}: ${event.reason}`;
    case 'wait':
      return `  waiting ${Math.round(event.ms)} ms (${event.why})`;
    case 'reading':
      return `  ${event.what}: ${event.done}/${event.total}`;
    case 'left out':
      return `  ${plural(event.services.length, 'service')} without a valid id`;
    case 'limit':
      return `  the run ends at ${Math.round(event.at / 1000)} s of its clock`;
  }
}
