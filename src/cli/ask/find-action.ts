/** Finds the one action that the user means by an id or a label. */
import type { LiveAction } from '../../core/action.ts';
import { filledFor } from '../../core/filling/fill.ts';
import { ID_PATTERN } from '../../core/selector.ts';
import { HiddenError, RefusedError, RemoteError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { ActionStore } from '../../pagerduty/store.ts';
import type { CanFind, Context } from '../context.ts';
import { actionChoices, placeOf } from './action-choices.ts';
import { isOn, servicesFor } from './selectors.ts';

/** Ids are longer than most words in capitals. Text that looks like an id is looked up as one first. */
export const looksLikeId = (text: string): boolean => ID_PATTERN.test(text) && text.length >= 5;

export interface FindOptions {
  /** The services of `--service`; only their actions are considered. */
  readonly services: readonly string[];
  /** The verb for the question about the action: `update`. */
  readonly verb: string;
  /** True when a label may mean several actions. */
  readonly several?: boolean | undefined;
  /** When a label means, without a question, its action on each of several services: on those named (`selected`), or on all (`always`). */
  readonly onEach?: 'selected' | 'always' | undefined;
}

/** Finds one action for each text. @throws RefusedError if a text matches none, or several without a terminal to prompt on */
export async function findActions(
  context: CanFind,
  texts: readonly string[],
  options: FindOptions,
): Promise<LiveAction[]> {
  const store = await context.store();
  const candidates = lazily(() => readCandidates(store, options.services));
  const matches: LiveAction[] = [];
  await context.activity.while('reading actions', async () => {
    for (const text of texts) {
      const byId = looksLikeId(text) ? await actionById(store, text, candidates) : undefined;
      matches.push(...(byId ? [byId] : await byLabel(context, text, await candidates(), options)));
    }
  });
  return [...new Map(matches.map((action) => [action.id, action])).values()];
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function actionById(
  store: ActionStore,
  id: string,
  candidates: () => Promise<readonly LiveAction[]>,
): Promise<LiveAction | undefined> {
  try {
    return await store.action(id);
  } catch (error) {
    if (error instanceof HiddenError) return listed(error, id, await candidates());
    if (error instanceof RemoteError && error.reason === 'gone') return undefined;
    throw error;
  }
}

/** The listed form of an action that is refused by its id; undefined for a label. @throws RefusedError if the text is neither */
function listed(
  { message, hint, http }: HiddenError,
  text: string,
  candidates: readonly LiveAction[],
): LiveAction | undefined {
  const byId = candidates.find(({ id }) => id === text);
  if (byId || candidates.some(({ label }) => label === text)) return byId;
  throw new RefusedError(message, { reason: 'gone', hint, http });
}

async function readCandidates(
  store: ActionStore,
  services: readonly string[],
): Promise<readonly LiveAction[]> {
  if (services.length === 0) return store.actions('all');
  const wanted = await servicesFor(store, services);
  const actions = await store.actions(wanted);
  return actions.filter((action) => wanted.some(({ id }) => isOn(action, id)));
}

async function byLabel(
  context: Pick<Context, 'activity' | 'labels' | 'liveUrls' | 'prompter' | 'io'>,
  text: string,
  candidates: readonly LiveAction[],
  options: FindOptions,
): Promise<readonly LiveAction[]> {
  const labelled = candidates.filter(({ label }) => label === text);
  const [only, ...others] = labelled;
  if (!only) throw notFound(text, candidates, options, await labelsOfKey(context, text, candidates));
  if (others.length === 0 || options.onEach === 'always') return labelled;
  if (options.onEach && options.services.length > 0 && isOncePerService(labelled)) return labelled;
  if (!context.io.canPrompt) throw ambiguous(text, labelled);
  context.activity.end();
  const prompter = await context.prompter();
  const which = options.several ? 'which ones' : 'which one';
  const question = {
    message: `\`${text}\` exists ${labelled.length} times; ${which} do you want to ${options.verb}?`,
    list: actionChoices(labelled, { showUrl: await context.liveUrls(), objection: () => undefined }),
  };
  return options.several ? prompter.findMany(question) : [await prompter.find(question)];
}

/** If a service has it twice, the label is ambiguous. */
function isOncePerService(actions: readonly LiveAction[]): boolean {
  const places = actions.flatMap(({ services }) => services.map(({ id }) => id));
  return new Set(places).size === places.length;
}

/** The live labels of an action, if the user typed its key from the config. */
async function labelsOfKey(
  context: Pick<Context, 'labels'>,
  text: string,
  candidates: readonly LiveAction[],
): Promise<readonly string[]> {
  const config = await context.labels().catch(() => null);
  const spec = config?.actions.get(text);
  if (!spec) return [];
  const live = candidates.filter(({ label, services }) =>
    services.some(({ id, name }) => filledFor(spec, { id, name: name ?? '' }).label === label),
  );
  return [...new Set(live.map(({ label }) => label))].slice(0, MOST_MEANT);
}

/** Lists at most this many labels of a key. */
const MOST_MEANT = 3;

function notFound(
  text: string,
  candidates: readonly LiveAction[],
  { services }: FindOptions,
  meant: readonly string[],
): RefusedError {
  const labels = candidates.map(({ label }) => label);
  const similar = meant.length > 0 ? meant : nearest(text, labels);
  const where = services.length === 0 ? '' : ' on these services';
  return new RefusedError(`found no custom incident action \`${text}\`${where}`, {
    reason: 'gone',
    hint:
      similar.length === 0
        ? 'Run `pdactions list` to see all actions.'
        : `Did you mean ${similar.map((name) => `\`${name}\``).join(' or ')}?`,
  });
}

/** Lists at most this many actions of one label; more would push the message off the screen. */
const MOST_LISTED = 20;

function ambiguous(text: string, matches: readonly LiveAction[]): RefusedError {
  const places = new Set(matches.map(placeOf));
  const unlisted = matches.length - MOST_LISTED;
  const where =
    places.size === 1 ? `${matches.length} times on ${[...places].join()}` : `on ${places.size} services`;
  return new RefusedError(`\`${text}\` is ${where}`, {
    reason: 'duplicate',
    details: [
      ...matches.slice(0, MOST_LISTED).map((action) => `${action.id}  ${placeOf(action)}`),
      ...(unlisted > 0 ? [`... and ${unlisted} more`] : []),
    ],
    hint: places.size === 1 ? 'Use the id.' : 'Use the id, or choose a service with `--service`.',
  });
}

/** Why an action cannot be written; undefined if it can (U1). */
export function whyNotWritable({ services, foreign, unreadable }: LiveAction): string | undefined {
  if (unreadable !== undefined) return `cannot be read: ${unreadable}`;
  if (foreign) return 'has an unsupported type';
  if (services.length === 1) return undefined;
  if (services.length === 0) return 'is on no service';
  return `is on ${services.length} services, which PagerDuty should not allow`;
}

/** @throws RefusedError for an action that cannot be written (U1) */
export function expectWritable(action: LiveAction): { readonly id: string; readonly name: string } {
  const [service] = action.services;
  const why = whyNotWritable(action);
  if (service && why === undefined) return { id: service.id, name: service.name ?? service.id };
  throw new RefusedError(`\`${action.label}\` (${action.id}) ${why}`, {
    hint: 'Change it in PagerDuty; pdactions only writes actions that are on exactly one service.',
  });
}
