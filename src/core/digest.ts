/**
 * The plan's fingerprint: the same if, and only if, the same changes would be made to the same account in the same state. It is
 * what a reviewer approves.
 */
import type { Hash } from 'node:crypto';
import type { ActionSpec, LiveAction } from './action.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from './headers/header-names.ts';
import { compareText } from './live.ts';
import { nodeCrypto } from './node-crypto.ts';
import type { DesiredService } from './normalize.ts';
import { type Change, changesOf, type Plan, type ServicePlan } from './plan.ts';
import { type Seen, seenHeader, seenLiteral, seenUrl } from './seen-text.ts';

/** Changes with the input of the digest, so that digests of different versions never match. */
const VERSION = 'pdactions-plan-2';

/** 128 · N · r = 16 MiB and some 30 ms for each guess. */
const COST = { N: 16_384, r: 8, p: 1 } as const;

/** Removes the values of variables from a text, like outputs do. */
export type Show = (text: string) => string;

/**
 * The digest, `sha256:` and 64 hexadecimal digits, over everything that determines a request except the values of variables: each
 * literal as written, the origin as expanded, and live values as shown. Parts that may be secret (queries, logins, literal header values,
 * defaults, an origin of a variable) are hashed slowly, with all the rest as the salt: a holder of the digest pays for each guess.
 */
export function planDigest(
  account: string | null,
  desired: readonly DesiredService[],
  plan: Plan,
  show: Show = (text) => text,
): string {
  const hidden = createHiding();
  const text = texts(show, hidden.add);
  const hash = inPieces(sha256());
  hash.update(`{"version":${JSON.stringify(VERSION)},"account":${JSON.stringify(account)},"desired":`);
  digestList(hash, desired, text.desired);
  hash.update(',"live":');
  digestList(hash, plan.services, text.live);
  hash.update(',"changes":');
  digestList(hash, changesOf(plan), (change) => JSON.stringify(ofChange(change)));
  hash.update('}');
  return `sha256:${hidden.seal(hash.digest()).toString('hex')}`;
}

/** Collects the parts that only the slow hash may see. */
function createHiding() {
  const hash = inPieces(sha256());
  let isEmpty = true;
  // Since the last hidden part, if any. Nearly all parts are public.
  let publicParts = 0;
  /** Public parts keep an empty place, so that lists which hide the same text in different places differ. */
  const skipPublic = (): void => {
    hash.update('0,'.repeat(publicParts));
    publicParts = 0;
  };
  return {
    add({ whole, seen }: Seen): void {
      if (whole === seen) {
        publicParts += 1;
        return;
      }
      skipPublic();
      hash.update(`${JSON.stringify(whole)},`);
      isEmpty = false;
    },
    /** @param seen the digest of the rest: the salt */
    seal(seen: Buffer): Buffer {
      if (isEmpty) return seen;
      skipPublic();
      const slow = nodeCrypto().scryptSync(hash.digest(), seen, 32, COST);
      return sha256().update(seen).update(slow).digest();
    },
  };
}

/** One service, with each side in a few digits. */
export interface SideDigests {
  readonly id: string;
  readonly config: string;
  readonly live: string;
}

/** Digests of the two sides of each service, to name the changed services if the plan's digest differs. Contains only public text. */
export function sideDigests(
  desired: readonly DesiredService[],
  plan: Plan,
  show: Show = (text) => text,
): SideDigests[] {
  const text = texts(show, () => undefined);
  const config = new Map(desired.map((entry) => [entry.service.id, text.desired(entry)]));
  return plan.services.map((planned) => {
    const { id } = planned.service;
    return { id, config: shortHash(config.get(id) ?? ''), live: shortHash(text.live(planned)) };
  });
}

function shortHash(text: string): string {
  return sha256().update(text).digest('hex').slice(0, 12);
}

/** Both sides of a service as JSON. Definitions and endpoints, which thousands of services share, are written once. */
function texts(show: Show, hide: (text: Seen) => void) {
  const shown = remembering((endpoint: string | null) => {
    const seen = endpoint === null ? null : seenLiteral(show(endpoint));
    const url = seen === null ? 'null' : JSON.stringify(seen.seen);
    const start = remembering((label: string) => `"label":${json(label)},"url":${url},"headers":`);
    return { seen, start };
  });
  const json = remembering((text: string) => JSON.stringify(text));
  const spec = remembering((action: ActionSpec) => ofSpec(action));
  // Services with the same actions follow one another by the thousand.
  let last: { readonly actions: readonly ActionSpec[]; readonly text: string } = { actions: [], text: '' };
  return {
    desired({ service, actions, prune }: DesiredService): string {
      if (!areSame(actions, last.actions))
        last = { actions, text: actions.map((action) => spec(action).text).join() };
      for (const action of actions) for (const part of spec(action).parts) hide(part);
      return `{"service":${JSON.stringify(service.id)},"prune":${prune},"actions":[${last.text}]}`;
    },
    live({ service, live }: ServicePlan): string {
      const here = JSON.stringify(service.id);
      let actions = '';
      for (const action of live.shared.length === 0 ? live.writable : [...live.writable, ...live.shared]) {
        const { seen, start } = shown(action.url);
        if (seen) hide(seen);
        const isHere = action.services.length === 1 && action.services[0]?.id === service.id;
        const places = isHere ? `[${here}]` : sortedJson(idsOf(action), JSON.stringify);
        const text = `{"id":${JSON.stringify(action.id)},${start(action.label)}${ofRest(action, places, json)}`;
        actions += actions === '' ? text : `,${text}`;
      }
      return `{"service":${here},"actions":[${actions}]}`;
    },
  };
}

function areSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function idsOf({ services }: LiveAction): string[] {
  return services.map(({ id }) => id);
}

/** Digests chunks of this size: many small pieces cost more time, and one large piece costs memory. */
const PIECE = 4_096;

function sha256(): Hash {
  return nodeCrypto().createHash('sha256');
}

/** A hash that is given many small texts. */
function inPieces(hash: Hash) {
  let waiting = '';
  return {
    update(text: string): void {
      waiting += text;
      if (waiting.length < PIECE) return;
      hash.update(waiting);
      waiting = '';
    },
    digest: () => hash.update(waiting).digest(),
  };
}

type HashInPieces = ReturnType<typeof inPieces>;

/** Digests the JSON of a list piece by piece: the whole text of a large account takes longer to make than the plan. */
function digestList<T>(hash: HashInPieces, items: readonly T[], toText: (item: T) => string): void {
  hash.update('[');
  let comma = '';
  for (const item of items) {
    hash.update(comma + toText(item));
    comma = ',';
  }
  hash.update(']');
}

/** The function, memoised for each argument. */
function remembering<Argument, Result>(ask: (argument: Argument) => Result): (argument: Argument) => Result {
  const known = new Map<Argument, Result>();
  return (argument) => {
    const remembered = known.get(argument);
    if (remembered !== undefined) return remembered;
    const result = ask(argument);
    known.set(argument, result);
    return result;
  };
}

/** A definition as JSON, and its parts that are not entirely in it. */
function ofSpec(spec: ActionSpec): { readonly text: string; readonly parts: readonly Seen[] } {
  const url = seenUrl(spec);
  const headers = spec.headers
    ?.filter(({ name }) => !isFingerprintName(name))
    .map((header) => ({ name: header.name.toLowerCase(), value: seenHeader(header) }))
    .toSorted((a, b) => compareText(a.name, b.name));
  const text = JSON.stringify({
    label: spec.label,
    url: url.seen,
    headers: headers?.map(({ name, value }) => [name, value.seen]) ?? null,
    renamedFrom: spec.renamedFrom,
    // Only the presence of a fingerprint is declared; its value depends on secrets.
    ...(spec.fingerprint === undefined ? {} : { fingerprint: true }),
  });
  return { text, parts: [url, ...(headers ?? []).map(({ value }) => value)] };
}

/** The same JSON, written by hand: with tens of thousands of actions, building an object of each takes longer than the rest. */
function ofRest(
  { headerNames, disabled }: LiveAction,
  places: string,
  json: (text: string) => string,
): string {
  const headers = headerNames && sortedJson(headerNames.map(ofName), json);
  return `${headers},"services":${places},"disabled":${disabled}}`;
}

function sortedJson(texts: readonly string[], json: (text: string) => string): string {
  const [first] = texts;
  if (first === undefined) return '[]';
  if (texts.length === 1) return `[${json(first)}]`;
  return `[${texts.toSorted(compareText).map(json).join()}]`;
}

function ofName(name: string): string {
  return isFingerprintName(name) ? FINGERPRINT_PREFIX : name.toLowerCase();
}

function ofChange(change: Change): unknown {
  const { kind, service } = change;
  if (kind === 'create') return [kind, service.id, change.after.label];
  if (kind !== 'update') return [kind, service.id, change.id];
  return [kind, service.id, change.id, change.after.label, change.fields.map(({ field }) => field)];
}
