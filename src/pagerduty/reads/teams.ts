import type { Team } from '../../core/action.ts';
import { AuthError } from '../../errors.ts';
import { readTeam } from '../wire.ts';
import { listAll, type ReadPage } from './paging.ts';
import { orHidden, type Requests } from './requests.ts';

const listed = (item: unknown, at: number): Team => readTeam(item, `no-id-${at + 1}`);

/** Reads of teams. A name is looked up at most once. */
export class TeamReads {
  readonly #requests: Requests;
  readonly #known = new Map<string, Promise<readonly Team[]>>();

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** The teams of exactly these names. */
  async named(names: readonly string[]): Promise<readonly Team[]> {
    return (await Promise.all(names.map((name) => this.#named(name)))).flat();
  }

  /** Up to 100 whose names contain `text`. */
  async like(text: string): Promise<readonly Team[]> {
    const { items } = await this.#pages(text)({ limit: 100, offset: 0, total: false });
    return items.filter(({ name }) => name !== '');
  }

  /** The teams with these ids that this token may see. */
  async byId(ids: readonly string[]): Promise<readonly Team[]> {
    return (await Promise.all(ids.map((id) => orHidden(this.#one(id))))).flat();
  }

  /** All teams; none if this token may not see teams. */
  async all(off?: AbortSignal): Promise<readonly Team[]> {
    try {
      return await this.#list('', off);
    } catch (error) {
      if (error instanceof AuthError && error.reason === 'forbidden') return [];
      throw error;
    }
  }

  #named(name: string): Promise<readonly Team[]> {
    const teams = this.#known.get(name) ?? this.#find(name);
    this.#known.set(name, teams);
    return teams;
  }

  async #find(name: string): Promise<readonly Team[]> {
    return (await this.#list(name)).filter((team) => team.name === name);
  }

  #one(id: string): Promise<Team> {
    const decode = (item: unknown): Team => readTeam(item, id);
    return this.#requests.one({ path: '/teams', id, key: 'team', decode, what: `the team ${id}` });
  }

  #list(query: string, off?: AbortSignal): Promise<Team[]> {
    const http = this.#requests.listing('teams');
    return listAll({ what: 'teams', readPage: this.#pages(query), http, off });
  }

  #pages(query: string): ReadPage<Team> {
    return this.#requests.page('teams', query === '' ? {} : { query }, listed, 'teams');
  }
}
