import type { LiveAction } from '../../core/action.ts';
import { actionDocument, DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { renderDisabled } from '../../ui/render/disabled.ts';
import { WRITE_ONLY } from '../../ui/render/plan/plan.ts';
import { writeRows } from '../../ui/render/rows.ts';
import { findActions } from '../ask/find-action.ts';
import { addServiceOption } from '../ask/selectors.ts';
import { type CommandSpec, READING } from '../command.ts';
import type { CanFind, Context } from '../context.ts';
import type { ShowUrl } from '../live-urls.ts';

export interface ShowOptions {
  readonly service?: readonly string[] | undefined;
}

export const spec: CommandSpec = {
  name: 'show',
  summary: 'show one action in full',
  group: 'see',
  rank: 2,
  scopes: READING,
  takes: 'actions',
  uses: ['pagerduty', 'result'],
  examples: ['show PIJ90N7', 'show "Restart Server" --service "Checkout API"'],
  define(command, context) {
    addServiceOption(command.argument('<action>', 'its id or label')).action(
      (action: string, options: ShowOptions) => runShow(context(), action, options),
    );
  },
};

/** Shows one action in full. Redacted values remain redacted. */
export async function runShow(
  context: CanFind & Pick<Context, 'format'>,
  text: string,
  { service = [] }: ShowOptions,
): Promise<void> {
  const [match] = await findActions(context, [text], { services: service, verb: 'show' });
  if (!match) return;
  const store = await context.store();
  // A list may omit whether it is disabled (fact 9).
  const action = match.disabled === null ? await store.action(match.id) : match;
  const showUrl = await context.liveUrls();
  await writeRows(context.io, context.format, {
    columns: [
      { key: 'field', title: 'FIELD' },
      { key: 'value', title: 'VALUE' },
    ],
    rows: fieldsOf(action, showUrl).map(([field, value]) => ({ field, value })),
    json: { version: DOCUMENT_VERSION, command: 'show', action: actionDocument(action, showUrl) },
  });
  for (const parts of renderDisabled([action])) context.io.say(parts);
}

function fieldsOf(action: LiveAction, showUrl: ShowUrl): [string, string][] {
  const { services, headerNames, disabled } = action;
  const headers =
    headerNames === null
      ? ['not returned by PagerDuty']
      : headerNames.length === 0
        ? ['none']
        : headerNames.map((name) => `${name}: ${WRITE_ONLY}`);
  return [
    ['label', action.label],
    ['id', action.id],
    ...services.map(({ id, name }): [string, string] => ['service', name === null ? id : `${name} (${id})`]),
    ['url', action.url === null ? 'none' : showUrl(action.url)],
    ...headers.map((header): [string, string] => ['header', header]),
    [
      'state',
      disabled === null ? 'not returned by PagerDuty' : disabled ? 'disabled by PagerDuty' : 'active',
    ],
    ...(action.htmlUrl === null ? [] : [['page', action.htmlUrl] as [string, string]]),
  ];
}
