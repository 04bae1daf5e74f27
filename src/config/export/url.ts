/** Writes an endpoint for a configuration: hidden and secret parts become variables. */
import type { ServiceField, Template } from '../../core/action.ts';
import { SERVICE_FIELDS } from '../../core/filling/template.ts';
import { hidesSomething, isRedacted } from '../../core/same/redacted.ts';
import { percentDecoded } from '../../parse-url.ts';
import { checkUrl } from '../check/url.ts';
import { looksSecretInQuery } from '../secrets/query-secrets.ts';
import { literal } from './names.ts';
import { mayBeSecret, suspectSegments } from './suspects.ts';

export type ExportedUrl =
  | {
      readonly ok: true;
      readonly url: string;
      /** Flags that the definition needs to be accepted. */
      readonly switches: { readonly allowInsecureUrl?: true; readonly allowIdn?: true };
      /** Headers with credentials cannot be sent there (T08). */
      readonly insecure: boolean;
      /** Places of values that look secret and are written unchanged: `path, part 3`. */
      readonly literals: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

/**
 * Writes a live URL for a configuration.
 * @param variable gives the name of a variable for a part of it, for example `login`
 * @param redact makes variables also of parts that look secret without a telling name
 */
export function exportUrl(
  url: string | null,
  variable: (part: string) => string,
  redact = false,
): ExportedUrl {
  if (url === null) return { ok: false, why: 'it has no URL' };
  if (isRedacted(percentDecoded(url))) return whole();
  const { origin, login, rest } = split(url);
  const parts = partsOf(rest).map((part) => (redact ? asSecret(part) : part));
  // Checks the text with a placeholder for hidden parts, because they will have a value.
  const judged = origin + (login === '' ? '' : 'user:word@') + parts.map(judgedText).join('');
  // Hidden so that the text cannot be parsed: only the whole can be a variable.
  if (hidesSomething(judged)) return whole();
  const hidden = login !== '' ? 'login' : parts.find(({ secret }) => secret !== undefined)?.secret;
  const verdict = judge(judged, hidden);
  if (typeof verdict === 'string') return { ok: false, why: verdict };
  const template = parts.map(({ text, secret }) =>
    secret === undefined ? literal(text) : reference(secret),
  );
  return {
    ok: true,
    url: literal(origin) + (login === '' ? '' : `${reference('login')}@`) + template.join(''),
    ...verdict,
    literals: parts.flatMap(({ suspect }) => (suspect === undefined ? [] : [suspect.place])),
  };

  function whole(): ExportedUrl {
    return { ok: true, url: reference('url'), switches: {}, insecure: false, literals: [] };
  }

  function reference(part: string): string {
    return `\${${variable(part)}}`;
  }
}

/** Placeholders for the service while a URL is parsed. They do not look secret. */
const MARKS: Readonly<Record<ServiceField, string>> = {
  name: 'pdactionsservicename',
  id: 'pdactionsserviceid',
};

/**
 * Writes a URL with references to the service; undefined if a reference would be lost in a hidden part, or if no configuration can have it.
 */
export function exportPattern(
  template: Template,
  variable: (part: string) => string,
  redact = false,
): (ExportedUrl & { readonly ok: true }) | undefined {
  const marks = Object.values(MARKS);
  const literals = template.filter((part) => typeof part === 'string').join(' ');
  if (marks.some((mark) => literals.includes(mark))) return undefined;
  const marked = template.map((part) => (typeof part === 'string' ? part : MARKS[part.service])).join('');
  const exported = exportUrl(marked, variable, redact);
  const count = (text: string): number => marks.reduce((sum, mark) => sum + text.split(mark).length - 1, 0);
  if (!exported.ok || count(exported.url) !== count(marked)) return undefined;
  const url = SERVICE_FIELDS.reduce(
    (text, field) => text.replaceAll(MARKS[field], () => `\${service.${field}}`),
    exported.url,
  );
  return { ...exported, url };
}

/** The parts of a URL as written. An empty login means none: `https://@host/` is the same address as `https://host/`. */
function split(url: string): { readonly origin: string; readonly login: string; readonly rest: string } {
  const [, origin = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)([\s\S]*)/i.exec(url) ?? [];
  if (origin === '') return { origin: url, login: '', rest: '' };
  const at = authority.lastIndexOf('@');
  const login = authority.slice(0, Math.max(0, at));
  return { origin, login: login === ':' ? '' : login, rest: authority.slice(at + 1) + rest };
}

interface UrlPart {
  readonly text: string;
  /** The word from which its variable is named. */
  readonly secret?: string;
  /** Set if the text looks secret without a telling name. */
  readonly suspect?: { readonly name: string; readonly place: string };
}

function asSecret({ text, secret, suspect }: UrlPart): UrlPart {
  const name = secret ?? suspect?.name;
  return name === undefined ? { text } : { text, secret: name };
}

function judgedText({ text, secret }: UrlPart): string {
  return secret === undefined ? text : 'word';
}

/** The URL after the login, with each actual or possible credential as a separate part. */
function partsOf(text: string): UrlPart[] {
  const [, host = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)(\/[^?#]*)?(\?[^#]*)?(#[\s\S]*)?$/.exec(text) ?? [];
  return [{ text: host }, ...pathParts(host, path), ...queryParts(query), ...fragmentParts(fragment)];
}

function pathParts(host: string, path: string): UrlPart[] {
  const suspects = suspectSegments(host.replace(/:\d*$/, ''), path);
  return path.split('/').flatMap((text, index): UrlPart[] => {
    const lead: UrlPart[] = index === 0 ? [] : [{ text: '/' }];
    const suspect = { name: `path ${index}`, place: `path, part ${index}` };
    return [...lead, suspects.has(index) ? { text, suspect } : { text }];
  });
}

function queryParts(query: string): UrlPart[] {
  if (query === '') return [];
  const parts = query
    .slice(1)
    .split('&')
    .flatMap((pair, index): UrlPart[] => [...(index === 0 ? [] : [{ text: '&' }]), ...parameterParts(pair)]);
  return [{ text: '?' }, ...parts];
}

function parameterParts(pair: string): UrlPart[] {
  const [, lead = '', text = pair] = /^([^=]*=)([\s\S]*)$/.exec(pair) ?? [];
  const key = lead.slice(0, -1);
  const name = percentDecoded(key) || 'query';
  if (lead !== '' && isSecret(key, text)) return [{ text: lead }, { text, secret: name }];
  if (!mayBeSecret(text)) return [{ text: pair }];
  return [{ text: lead }, { text, suspect: { name, place: lead === '' ? 'query' : `query, ${name}` } }];
}

/** A fragment stays with the sender; no server receives it. */
function fragmentParts(fragment: string): UrlPart[] {
  if (fragment.length <= 1) return [{ text: fragment }];
  return [{ text: '#' }, { text: fragment.slice(1), suspect: { name: 'fragment', place: 'fragment' } }];
}

function isSecret(name: string, value: string): boolean {
  return isRedacted(percentDecoded(value)) || looksSecretInQuery(name, value);
}

type UrlVerdict = Pick<ExportedUrl & { readonly ok: true }, 'switches' | 'insecure'>;

/**
 * The minimal flags that the URL needs; or the reason why no configuration can have it.
 * @param hidden a part that becomes a variable, if there is one
 */
function judge(judged: string, hidden: string | undefined): UrlVerdict | string {
  const insecure =
    /^http:/i.test(judged) && !checkUrl(judged, { allowUserinfo: true, sendsSecrets: true }).ok;
  if (insecure && hidden !== undefined) {
    return `its ${hidden} is sent over http://, which a config does not allow`;
  }
  for (const switches of SWITCHES) {
    if (checkUrl(judged, { allowUserinfo: true, ...switches }).ok) return { switches, insecure };
  }
  const check = checkUrl(judged, { allowUserinfo: true, allowInsecureUrl: true, allowIdn: true });
  return check.ok ? 'its URL cannot be declared' : check.message;
}

const SWITCHES = [
  {},
  { allowInsecureUrl: true },
  { allowIdn: true },
  { allowInsecureUrl: true, allowIdn: true },
] as const;
