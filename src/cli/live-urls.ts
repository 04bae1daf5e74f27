import type { Config } from '../config/config.ts';
import { parseUrl } from '../parse-url.ts';
import { maskUrl, shownUrl } from '../ui/text/mask-url.ts';

/** How the endpoint of a live action is shown. */
export type ShowUrl = (url: string | null) => string;

/**
 * Shows a live endpoint as the config writes it where the config declares it with variables, and masked otherwise (T53).
 * @param config null when none could be read: then no value of a variable is known either
 */
export function liveUrls(config: Pick<Config, 'actions'> | null): ShowUrl {
  const written = new Map<string, string>();
  for (const { url, urlSource } of config?.actions.values() ?? []) {
    if (urlSource !== undefined) written.set(normal(url), urlSource);
  }
  return (url) => {
    if (url === null) return '';
    return written.size === 0 ? maskUrl(url) : shownUrl(url, written.get(normal(url)));
  };
}

/** PagerDuty may give a URL back normalised. */
function normal(url: string): string {
  return parseUrl(url)?.href ?? url;
}
