/** Actions as rows of a picker: service, label, state and endpoint in columns. */
import { isOrphan, type LiveAction } from '../../core/action.ts';
import { compareText } from '../../core/live.ts';
import type { Choice } from '../../ui/prompt/prompter.ts';
import { displayWidth } from '../../ui/render/width.ts';
import { line, styled } from '../../ui/text/text.ts';
import type { ShowUrl } from '../live-urls.ts';

/** Maximum width of the service and label columns. */
const WIDEST = 28;

/** Why an action cannot be chosen; undefined if it can. */
export type ChoiceObjection = (action: LiveAction) => string | undefined;

export interface ChoiceOptions {
  readonly showUrl: ShowUrl;
  readonly objection: ChoiceObjection;
  /** Names of the teams of a service, once they are known. */
  readonly teamsOf?: ((serviceId: string) => string) | undefined;
}

/** Sorted by service and label, aligned. */
export function actionChoices(
  actions: readonly LiveAction[],
  { showUrl, objection, teamsOf = () => '' }: ChoiceOptions,
): Choice<LiveAction>[] {
  const sorted = [...actions].sort(
    (a, b) => compareText(placeOf(a), placeOf(b)) || compareText(a.label, b.label) || compareText(a.id, b.id),
  );
  const widths = [placeOf, ({ label }: LiveAction) => label].map((of) => widest(sorted.map(of)));
  const isAnyDisabled = sorted.some(({ disabled }) => disabled);
  return sorted.map((action) => {
    const { label, id, disabled, url } = action;
    const place = placeOf(action);
    const state = isAnyDisabled ? (disabled ? 'disabled  ' : '          ') : '';
    return {
      value: action,
      name: line(
        padded(place, widths[0] ?? 0),
        padded(label, widths[1] ?? 0),
        styled('warn', state),
        styled('muted', showUrl(url)),
      ),
      short: `${label} on ${place}`,
      description: `${id}  ${disabled ? 'disabled by PagerDuty  ' : ''}${showUrl(url)}`,
      keywords: [id, ...action.services.map((service) => teamsOf(service.id))].join(' '),
      disabled: objection(action),
    };
  });
}

/** The service of an action, or the services of one that is on several. */
export function placeOf(action: LiveAction): string {
  if (isOrphan(action)) return '(no service)';
  return action.services.map(({ id, name }) => name ?? id).join(', ') || '(no service)';
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth).filter((width) => width <= WIDEST));
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)) + 2);
}
