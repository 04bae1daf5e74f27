/** The parts that all documents share: their version, and the form of an action. */
import type { LiveAction } from '../../core/action.ts';
import { maskUrl } from '../text/mask-url.ts';

/** Increases if a change of shape breaks readers. */
export const DOCUMENT_VERSION = 1;

/** An action as PagerDuty has it. `headers` are names; null if PagerDuty hides them. @param shown displays its URL */
export function actionDocument(action: LiveAction, shown: (url: string) => string = maskUrl) {
  const { id, label, url, headerNames, disabled, services, htmlUrl, unreadable } = action;
  return {
    id,
    label,
    url: url === null ? null : shown(url),
    headers: headerNames,
    disabled,
    ...(unreadable === undefined ? {} : { unreadable }),
    services: services.map(({ id: service, name }) => ({ id: service, name })),
    htmlUrl,
  };
}
