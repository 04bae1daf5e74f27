/**
 * The plan's fingerprint: the same when, and only when, the same things would be done to the same account in the same state. It is
 * what a reviewer approves.
 */
import { createHash, type Hash } from 'node:crypto';
import { parseUrl } from '../parse-url.ts';
import type { ActionSpec, LiveAction } from './action.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from './fingerprint.ts';
import { compareText } from './live.ts';
import type { DesiredService } from './normalize.ts';
import { type Change, changesOf, type Plan, type ServicePlan } from './plan.ts';

/** Changes when what is digested changes, so that digests of different versions never meet. */
const VERSION = 'pdactions-plan-1';

/**
 * The digest, `sha256:` and 64 hexadecimal digits. No secret goes in, not even hashed: a digest is public, and hashing a password
 * that can be guessed gives it away. Header values are represented by the names of the variables they are made from, literal text not at
 * all; of a URL, userinfo, query values and defaults are left out, and of a fingerprint everything but that it is there.
 */
export function planDigest(account: string | null, desired: readonly DesiredService[], plan: Plan): string {
  const text = texts();
  const hash = createHash('sha256');
  hash.update(`{"version":${JSON.stringify(VERSION)},"account":${JSON.stringify(account)},"desired":`);
  digestList(hash, desired, text.desired);
  hash.update(',"live":');
  digestList(hash, plan.services, text.live);
  hash.update(',"changes":');
  digestList(hash, changesOf(plan), (change) => JSON.stringify(ofChange(change)));
  hash.update('}');
  return `sha256:${hash.digest('hex')}`;
}

/** One service, each side of it in a few digits. */
export interface SideDigests {
  readonly id: string;
  readonly config: string;
  readonly live: string;
}

/**
 * What tells, when the plan's digest is another one, which services have moved and on whose side. The same goes in as into that digest,
 * so there are no secrets here either.
 */
export function sideDigests(desired: readonly DesiredService[], plan: Plan): SideDigests[] {
  const text = texts();
  const config = new Map(desired.map((one) => [one.service.id, text.desired(one)]));
  return plan.services.map((one) => {
    const { id } = one.service;
    return { id, config: shortHash(config.get(id) ?? ''), live: shortHash(text.live(one)) };
  });
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Both sides of a service as JSON. What thousands of services share, definitions and endpoints, is written once. */
function texts() {
  const url = remembering(ofUrl);
  const json = remembering((text: string) => JSON.stringify(text));
  const spec = remembering((one: ActionSpec) => JSON.stringify(ofSpec(one, url)));
  return {
    desired({ service, actions, prune }: DesiredService): string {
      return `{"service":${JSON.stringify(service.id)},"prune":${prune},"actions":[${actions.map(spec).join()}]}`;
    },
    live({ service, live }: ServicePlan): string {
      const actions = [...live.own, ...live.shared].map((action) => ofLive(action, url, json));
      return `{"service":${JSON.stringify(service.id)},"actions":[${actions.join()}]}`;
    },
  };
}

/** So much text is put together before it is digested: many small pieces cost more, and all at once takes memory. */
const PIECE = 65_536;

/** As the JSON of a list, which never exists as a whole: that of a large account takes longer to make than the plan. */
function digestList<T>(hash: Hash, items: readonly T[], toText: (item: T) => string): void {
  let text = '[';
  for (const [index, item] of items.entries()) {
    text += index === 0 ? toText(item) : `,${toText(item)}`;
    if (text.length < PIECE) continue;
    hash.update(text);
    text = '';
  }
  hash.update(`${text}]`);
}

/** The function, asked once for each argument. */
function remembering<Argument, Result>(ask: (argument: Argument) => Result): (argument: Argument) => Result {
  const known = new Map<Argument, Result>();
  return (argument) => {
    const found = known.get(argument);
    if (found !== undefined) return found;
    const result = ask(argument);
    known.set(argument, result);
    return result;
  };
}

type UrlText = (url: string) => string;

function ofSpec(spec: ActionSpec, url: UrlText): unknown {
  return {
    label: spec.label,
    url: url(spec.urlSource ?? spec.url),
    headers:
      spec.headers
        ?.filter(({ name }) => !isFingerprintName(name))
        .map(({ name, source }) => [name.toLowerCase(), variablesIn(source)] as const)
        .toSorted((a, b) => compareText(a[0], b[0])) ?? null,
    renamedFrom: spec.renamedFrom,
    // That there is to be one is a wish; which one depends on secrets.
    ...(spec.fingerprint === undefined ? {} : { fingerprint: true }),
  };
}

/** JSON as well. Written out, for there are tens of thousands, and making an object of each first takes longer than the rest. */
function ofLive(action: LiveAction, url: UrlText, json: (text: string) => string): string {
  const { id, label, url: endpoint, headerNames, services, disabled } = action;
  const head = `{"id":${JSON.stringify(id)},"label":${json(label)},"url":${endpoint === null ? null : json(url(endpoint))}`;
  const headers = headerNames && sortedJson(headerNames.map(ofName), json);
  const places = services.map((service) => service.id);
  return `${head},"headers":${headers},"services":${sortedJson(places, JSON.stringify)},"disabled":${disabled}}`;
}

function sortedJson(texts: readonly string[], json: (text: string) => string): string {
  const sorted = texts.length > 1 ? texts.toSorted(compareText) : texts;
  return `[${sorted.map((text) => json(text)).join()}]`;
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

/** The names of the variables that a text is made from; what else stands in it may be a secret. */
function variablesIn(source: string): string[] {
  return [...source.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name);
}

function ofUrl(text: string): string {
  if (text.includes('${')) return text.replace(/([?&][^=&#]*=)[^&#]*/g, '$1-').replace(/:-[^}]*\}/g, ':-}');
  const url = parseUrl(text);
  if (!url) return text;
  url.username = url.username && '-';
  url.password = url.password && '-';
  url.search = new URLSearchParams(
    [...url.searchParams.keys()].map((name): [string, string] => [name, '-']),
  ).toString();
  return url.href;
}
