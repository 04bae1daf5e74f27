import type { InjectedFault } from './fault.ts';

/** The facts of a request that faults can match. */
interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly services: ReadonlySet<string>;
}

export interface FaultBook {
  /** Replaces all faults; every count starts again. */
  set(faults: readonly InjectedFault[]): void;
  faults(): readonly InjectedFault[];
  /** Counts one request, and returns its faults, in the order in which they were set. */
  next(request: RequestFacts): readonly InjectedFault[];
}

/** A book without faults. */
export function createFaultBook(): FaultBook {
  let entries: { readonly fault: InjectedFault; fits: number }[] = [];
  let requests = 0;
  return {
    set: (faults) => {
      entries = faults.map((fault) => ({ fault, fits: 0 }));
      requests = 0;
    },
    faults: () => entries.map(({ fault }) => fault),
    next: (request) => {
      requests += 1;
      return entries.flatMap((entry) => {
        if (!fits(entry.fault, request)) return [];
        entry.fits += 1;
        return isDue(entry.fault, requests, entry.fits) ? [entry.fault] : [];
      });
    },
  };
}

function fits({ match = {} }: InjectedFault, request: RequestFacts): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !pathFits(match.path, request.path)) return false;
  return match.service === undefined || request.services.has(match.service);
}

function pathFits(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, at) => part === '*' || part === given[at]);
}

/** `index` counts all requests, `nth` the matching ones; from there on, `times` of them. */
function isDue({ match = {}, times = 1 }: InjectedFault, request: number, fit: number): boolean {
  const [count, from] = match.index === undefined ? [fit, match.nth ?? 1] : [request, match.index];
  return count >= from && (times === 'always' || count < from + times);
}
