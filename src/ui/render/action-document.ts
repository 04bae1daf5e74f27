/** What all documents have in common: their version, and how an action looks in them. */
import type { LiveAction } from '../../core/action.ts';
import { maskUrl } from '../text/mask-url.ts';

/** Rises when a shape changes in a way that breaks its readers. */
export const DOCUMENT_VERSION = 1;

/** An action as PagerDuty has it. `headers` are names; null when PagerDuty does not tell. */
export function actionDocument(action: LiveAction) {
  const { id, label, url, headerNames, disabled, services, htmlUrl } = action;
  return {
    id,
    label,
    url: url === null ? null : maskUrl(url),
    headers: headerNames,
    disabled,
    services: services.map(({ id: service, name }) => ({ id: service, name })),
    htmlUrl,
  };
}
