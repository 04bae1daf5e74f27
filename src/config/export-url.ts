/** An endpoint as a configuration can name it: what is hidden or secret becomes a variable. */
import { hidesSomething, isRedacted } from '../core/redacted.ts';
import { checkUrl } from './check-url.ts';
import { literal } from './export-names.ts';

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
  if (isRedacted(decoded(url))) {
    return { ok: true, url: `\${${variable('url')}}`, switches: {}, insecure: false };
  }
  const userinfo = /^(https?:\/\/)([^/?#@]*)@/i.exec(url);
  const template = userinfo
    ? `${userinfo[1]}\${${variable('login')}}@${literal(url.slice(userinfo[0].length))}`
    : literal(url);
  // The text is judged with something in the place of the login, for that is what it will have.
  const judged = userinfo ? `${userinfo[1]}user:word@${url.slice(userinfo[0].length)}` : url;
  if (hidesSomething(judged)) {
    return { ok: true, url: `\${${variable('url')}}`, switches: {}, insecure: false };
  }
  return judge(judged, template, userinfo !== null);
}

function judge(judged: string, template: string, hasLogin: boolean): ExportedUrl {
  const insecure =
    /^http:/i.test(judged) && !checkUrl(judged, { allowUserinfo: true, sendsSecrets: true }).ok;
  if (insecure && hasLogin) {
    return { ok: false, why: 'its login travels over http://, which a config cannot ask for' };
  }
  for (const switches of SWITCHES) {
    const check = checkUrl(judged, { allowUserinfo: true, ...switches });
    if (check.ok) return { ok: true, url: template, switches, insecure };
  }
  const check = checkUrl(judged, { allowUserinfo: true, allowInsecureUrl: true, allowIdn: true });
  return { ok: false, why: check.ok ? 'its URL cannot be declared' : check.message };
}

/** As few as will do. */
const SWITCHES = [
  {},
  { allowInsecureUrl: true },
  { allowIdn: true },
  { allowInsecureUrl: true, allowIdn: true },
] as const;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
