import type { Team } from '../../core/action.ts';
import { AuthError } from '../../errors.ts';
import { readTeam } from '../wire.ts';
import { listAll } from './paging.ts';
import type { Requests } from './requests.ts';

export interface TeamReads {
  /** The teams of exactly these names. */
  named(names: readonly string[]): Promise<readonly Team[]>;
  /** Up to 100 whose names contain `text`. */
  like(text: string): Promise<readonly Team[]>;
  /** Those of these ids that this token may see. */
  byId(ids: readonly string[]): Promise<readonly Team[]>;
  /** All of them; none for a token that may not see teams. */
  all(off?: AbortSignal): Promise<readonly Team[]>;
}

const listed = (item: unknown, at: number): Team => readTeam(item, `no-id-${at + 1}`);

/** Reads of teams. A name that was looked up once is not looked up again. */
export function createTeamReads({ page, one, listing, orHidden }: Requests): TeamReads {
  const pages = (query: string) => page('teams', query === '' ? {} : { query }, listed, 'teams');
  const list = (query: string, off?: AbortSignal) =>
    listAll({ what: 'teams', readPage: pages(query), http: listing('teams'), off });
  const known = new Map<string, Promise<readonly Team[]>>();
  const find = async (name: string) => (await list(name)).filter((team) => team.name === name);
  return {
    async named(names) {
      const found = names.map((name) => {
        const teams = known.get(name) ?? find(name);
        known.set(name, teams);
        return teams;
      });
      return (await Promise.all(found)).flat();
    },
    like: async (text) => {
      const { items } = await pages(text)({ limit: 100, offset: 0, total: false });
      return items.filter(({ name }) => name !== '');
    },
    async byId(ids) {
      const read = (id: string) =>
        orHidden(() => one('/teams', id, 'team', (item) => readTeam(item, id), `the team ${id}`));
      return (await Promise.all(ids.map(read))).flat();
    },
    async all(off) {
      try {
        return await list('', off);
      } catch (error) {
        if (error instanceof AuthError && error.reason === 'forbidden') return [];
        throw error;
      }
    },
  };
}
