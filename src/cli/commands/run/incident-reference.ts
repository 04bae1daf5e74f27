/** An incident by its id, its number, or its URL in the browser. */
import { ID_PATTERN } from '../../../core/selector.ts';
import { UsageError } from '../../../errors.ts';
import { parseUrl } from '../../../parse-url.ts';

/**
 * @returns the id or the number; PagerDuty accepts both (fact 62)
 * @throws UsageError for any other text
 */
export function incidentReference(text: string): string {
  const reference = fromAddress(text) ?? text.trim().replace(/^#/, '');
  if (ID_PATTERN.test(reference)) return reference;
  throw new UsageError('--incident must be the id, number or URL of an incident', {
    hint: 'For example PT4KHLK, 1234, or https://acme.pagerduty.com/incidents/PT4KHLK.',
  });
}

function fromAddress(text: string): string | undefined {
  const url = parseUrl(text);
  return url ? (/\/incidents\/([^/]+)/.exec(url.pathname)?.[1] ?? '') : undefined;
}
