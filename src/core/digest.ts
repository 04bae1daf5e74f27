/**
 * The plan's fingerprint: the same when, and only when, the same things would be done to the same account in the same state. It is
 * what a reviewer approves.
 */
import { createHash } from 'node:crypto';
import type { ActionSpec, LiveAction } from './action.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from './fingerprint.ts';
import { compareText } from './live.ts';
import type { DesiredService } from './normalize.ts';
import { type Change, changesOf, type Plan } from './plan.ts';

/** Changes when what is digested changes, so that digests of different versions never meet. */
const VERSION = 'pdactions-plan-1';

/**
 * The digest, `sha256:` and 64 hexadecimal digits. No secret goes in, not even hashed: a digest is public, and hashing a password
 * that can be guessed gives it away. Header values are represented by the names of the variables they are made from, literal text not at
 * all; of a URL, userinfo, query values and defaults are left out, and of a fingerprint everything but that it is there.
 */
export function planDigest(account: string | null, desired: readonly DesiredService[], plan: Plan): string {
  // Thousands of services share a few definitions and endpoints.
  const url = remembering(ofUrl);
  const spec = remembering((one: ActionSpec) => ofSpec(one, url));
  const content = {
    version: VERSION,
    account,
    desired: desired.map(({ service, actions, prune }) => ({
      service: service.id,
      prune,
      actions: actions.map(spec),
    })),
    live: plan.services.map(({ service, live }) => ({
      service: service.id,
      actions: [...live.own, ...live.shared].map((action) => ofLive(action, url)),
    })),
    changes: changesOf(plan).map(ofChange),
  };
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
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

function ofLive(action: LiveAction, url: UrlText): unknown {
  return {
    id: action.id,
    label: action.label,
    url: action.url === null ? null : url(action.url),
    headers: action.headerNames?.map(ofName).toSorted(compareText) ?? null,
    services: action.services.map(({ id }) => id).toSorted(compareText),
    disabled: action.disabled,
  };
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
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.username = url.username && '-';
  url.password = url.password && '-';
  url.search = new URLSearchParams(
    [...url.searchParams.keys()].map((name): [string, string] => [name, '-']),
  ).toString();
  return url.href;
}
