import type { State } from '../account/state.ts';

/**
 * The meaning of a list's `query`: part of a name, the whole name, or nothing at all (fact 8 leaves it open). Case never matters.
 * @returns null if it filters nothing
 */
export function queryMatcher(state: State, query: URLSearchParams): ((name: string) => boolean) | null {
  const text = query.get('query')?.toLowerCase() ?? '';
  if (text === '' || state.switches.query === 'ignored') return null;
  if (state.switches.query === 'exact') return (name) => name.toLowerCase() === text;
  return (name) => name.toLowerCase().includes(text);
}
