/** An endpoint as a configuration can name it: what is hidden or secret becomes a variable. */
import { hidesSomething, isRedacted } from '../../core/redacted.ts';
import { percentDecoded } from '../../parse-url.ts';
import { checkUrl } from '../check/url.ts';
import { looksSecretInQuery } from '../secrets/query-secrets.ts';
import { literal } from './names.ts';

export type ExportedUrl =
  | {
      readonly ok: true;
      readonly url: string;
      /** Switches that the definition needs to be accepted. */
      readonly switches: { readonly allowInsecureUrl?: true; readonly allowIdn?: true };
      /** Headers with credentials cannot go there (T08). */
      readonly insecure: boolean;
    }
  | { readonly ok: false; readonly why: string };

/**
 * Writes a live URL for a configuration.
 * @param variable gives the name of a variable for a part of it, for example `login`
 */
export function exportUrl(url: string | null, variable: (part: string) => string): ExportedUrl {
  if (url === null) return { ok: false, why: 'it has no URL' };
  if (isRedacted(percentDecoded(url)))
    return { ok: true, url: reference('url'), switches: {}, insecure: false };
  const { origin, login, rest } = split(url);
  const parts = queryParts(rest);
  // The text is judged with something in the place of what is hidden, for that is what it will have.
  const judged = origin + (login === '' ? '' : 'user:word@') + parts.map(({ judged: text }) => text).join('');
  // Hidden in a way that the text cannot be taken apart: only the whole can be a variable.
  if (hidesSomething(judged)) return { ok: true, url: reference('url'), switches: {}, insecure: false };
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
  };

  function reference(part: string): string {
    return `\${${variable(part)}}`;
  }
}

/** The parts of a URL as written. An empty login means none: `https://@host/` is the same address as `https://host/`. */
function split(url: string): { readonly origin: string; readonly login: string; readonly rest: string } {
  const [, origin = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)([\s\S]*)/i.exec(url) ?? [];
  if (origin === '') return { origin: url, login: '', rest: '' };
  const at = authority.lastIndexOf('@');
  const login = authority.slice(0, Math.max(0, at));
  return { origin, login: login === ':' ? '' : login, rest: authority.slice(at + 1) + rest };
}

interface Part {
  readonly text: string;
  readonly judged: string;
  /** The name of the query parameter whose value this is. */
  readonly secret?: string;
}

/** The text, with the values of the query that are hidden, or by their names are credentials, as parts of their own. */
function queryParts(text: string): Part[] {
  const [, before = '', query = '', fragment = ''] = /^([^?#]*\??)([^#]*)([\s\S]*)/.exec(text) ?? [];
  const parts = query.split('&').flatMap((pair, index): Part[] => {
    const [, name = '', value = ''] = /^([^=]*=)([\s\S]*)$/.exec(pair) ?? [];
    const lead = index === 0 ? '' : '&';
    if (!isSecret(name.slice(0, -1), value)) return [plain(lead + pair)];
    return [
      plain(lead + name),
      { text: value, judged: 'word', secret: percentDecoded(name.slice(0, -1)) || 'query' },
    ];
  });
  return [plain(before), ...parts, plain(fragment)];
}

function plain(text: string): Part {
  return { text, judged: text };
}

function isSecret(name: string, value: string): boolean {
  return isRedacted(percentDecoded(value)) || looksSecretInQuery(name, value);
}

type Verdict = Pick<ExportedUrl & { readonly ok: true }, 'switches' | 'insecure'>;

/**
 * The switches that the URL needs, as few as will do; or why no configuration can have it.
 * @param hidden a part that becomes a variable, if there is one
 */
function judge(judged: string, hidden: string | undefined): Verdict | string {
  const insecure =
    /^http:/i.test(judged) && !checkUrl(judged, { allowUserinfo: true, sendsSecrets: true }).ok;
  if (insecure && hidden !== undefined) {
    return `its ${hidden} travels over http://, which a config cannot ask for`;
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
