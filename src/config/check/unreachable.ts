/** The warning about an endpoint that PagerDuty cannot reach, and its summary for many of them. */
import type { Problem } from '../../errors.ts';
import { isLoopbackHost } from './internal-hosts.ts';

const HERE = 'is this machine: PagerDuty cannot reach it';
const INSIDE = 'is inside a private network: PagerDuty cannot reach it';

/** The warning about one host (T12). */
export function unreachableHost(hostname: string): string {
  return `the host ${hostname} ${isLoopbackHost(hostname) ? HERE : INSIDE}`;
}

/** Replaces the warnings about unreachable hosts with at most two sentences. */
export function foldUnreachable(warnings: readonly Problem[]): {
  readonly rest: readonly Problem[];
  readonly sentences: readonly string[];
} {
  const about = (end: string) => warnings.filter(({ message }) => message.endsWith(end));
  const [here, inside] = [about(HERE), about(INSIDE)];
  return {
    rest: warnings.filter((warning) => !here.includes(warning) && !inside.includes(warning)),
    sentences: [
      ...sentence(here.length, 'at this machine'),
      ...sentence(inside.length, 'into a private network'),
    ],
  };
}

function sentence(count: number, where: string): string[] {
  if (count === 0) return [];
  const [urls, it] = count === 1 ? ['1 URL points', 'it'] : [`${count} URLs point`, 'them'];
  return [`${urls} ${where}; PagerDuty cannot reach ${it}`];
}
