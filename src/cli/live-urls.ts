import type { Config } from '../config/config.ts';
import { matchesPattern, type UrlPattern, urlPattern } from '../core/filling/pattern.ts';
import { isPerService } from '../core/filling/template.ts';
import { parseUrl } from '../parse-url.ts';
import { shownUrl } from '../ui/text/mask-url.ts';

/** Renders the endpoint of a live action. */
export type ShowUrl = (url: string | null) => string;

/**
 * Shows a live endpoint as the config writes it if the config declares it with variables, and masked otherwise (T53).
 * @param config null if none could be read: then no value of a variable is known either
 */
export function liveUrls(config: Pick<Config, 'actions'> | null): ShowUrl {
  const written = new Map<string, string>();
  const patterns: { readonly pattern: UrlPattern; readonly source: string }[] = [];
  for (const { url, urlSource, perService } of config?.actions.values() ?? []) {
    if (urlSource === undefined) continue;
    if (perService === undefined || !isPerService(perService.url)) written.set(normal(url), urlSource);
    else patterns.push({ pattern: urlPattern(perService.url), source: urlSource });
  }
  const show = (url: string): string => {
    const source =
      written.get(normal(url)) ?? patterns.find(({ pattern }) => matchesPattern(pattern, url))?.source;
    return shownUrl(url, source);
  };
  // Thousands of services share their endpoints.
  const shown = new Map<string, string>();
  return (url) => {
    if (url === null) return '';
    const known = shown.get(url) ?? show(url);
    if (shown.size < MOST_REMEMBERED) shown.set(url, known);
    return known;
  };
}

/** Maximum number of cached endpoints. */
const MOST_REMEMBERED = 1_000;

/** PagerDuty may return a URL normalised. */
function normal(url: string): string {
  return parseUrl(url)?.href ?? url;
}
