/** Pickers for live actions: all of the account, or those of the selected services. */
import type { LiveAction } from '../../core/action.ts';
import { withState } from '../../engine/with-state.ts';
import { RefusedError } from '../../errors.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import { type FindList, growingList } from '../../ui/prompt/prompter.ts';
import type { CanPick, CanRead, Context } from '../context.ts';
import { actionChoices, type ChoiceObjection } from './action-choices.ts';
import { whyNotWritable } from './find-action.ts';
import { isOn, servicesFor } from './selectors.ts';

export interface PickOptions {
  readonly message: string;
  /** The selectable ones; all by default. */
  readonly among?: ((action: LiveAction) => boolean) | undefined;
  readonly objection?: ChoiceObjection | undefined;
}

/** Asks for one or more actions. @throws RefusedError if none can be chosen */
export async function pickActions(
  context: CanPick,
  selectors: readonly string[],
  options: PickOptions,
): Promise<readonly LiveAction[]> {
  const list = await listOn(context, selectors, options);
  return (await context.prompter()).findMany({ message: options.message, list });
}

/** Asks for one action. @throws RefusedError if none can be chosen */
export async function pickAction(
  context: CanPick,
  selectors: readonly string[],
  options: PickOptions,
): Promise<LiveAction> {
  const list = await listOn(context, selectors, options);
  return (await context.prompter()).find({ message: options.message, list });
}

async function listOn(
  context: CanRead & Pick<Context, 'liveUrls'>,
  selectors: readonly string[],
  { among, objection = whyNotWritable }: PickOptions,
): Promise<FindList<LiveAction>> {
  const store = await context.store();
  const { services, actions } = await context.activity.while('reading actions', async () => {
    const services = selectors.length > 0 ? await servicesFor(store, selectors) : null;
    const read = await store.actions(services ?? 'all');
    const onThem = services ? read.filter((action) => services.some(({ id }) => isOn(action, id))) : read;
    return { services, actions: among ? (await withState(store, onThem)).filter(among) : onThem };
  });
  if (actions.every((action) => objection(action) !== undefined)) {
    throw nothingThere(services?.map(({ name }) => name) ?? [], among !== undefined, actions.length === 0);
  }
  const list = growingList<LiveAction>();
  const options = { showUrl: await context.liveUrls(), objection };
  list.show(actionChoices(actions, options));
  // Teams are only search terms, so the list is usable without them.
  void readTeams(store).then(
    (teamsOf) => list.show(actionChoices(actions, { ...options, teamsOf })),
    () => undefined,
  );
  return list;
}

/** Names of teams by service. */
async function readTeams(store: ActionStore): Promise<(serviceId: string) => string> {
  const [teams, { services }] = await Promise.all([store.searchTeams(''), store.catalogue('all')]);
  const names = new Map(teams.map(({ id, name }) => [id, name]));
  const byService = new Map(
    services.map(({ id, teamIds }) => [id, teamIds.map((team) => names.get(team) ?? '').join(' ')]),
  );
  return (serviceId) => byService.get(serviceId) ?? '';
}

function nothingThere(names: readonly string[], isFiltered: boolean, isEmpty: boolean): RefusedError {
  const where = names.length === 0 ? 'in this account' : `on ${names.join(', ')}`;
  if (isFiltered) return new RefusedError(`no actions to choose from ${where}`, { reason: 'gone' });
  if (isEmpty) {
    return new RefusedError(`no actions ${where}`, {
      reason: 'gone',
      hint: 'Add one with `pdactions create`.',
    });
  }
  return new RefusedError(`no action ${where} can be changed`, {
    reason: 'gone',
    hint: 'Run `pdactions list` to see them.',
  });
}
