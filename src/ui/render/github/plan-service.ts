/** One service of a plan in Markdown: folded away, with its changes field by field. */
import type { ActionSpec, LiveAction } from '../../../core/action.ts';
import type { FieldDiff } from '../../../core/diff.ts';
import { isTemporaryLabel } from '../../../core/pairing/renames.ts';
import type { Change, ServicePlan } from '../../../core/plan.ts';
import { visibleJson } from '../../text/json.ts';
import { maskUrl, shownUrl } from '../../text/mask-url.ts';
import { plural } from '../../text/plural.ts';
import {
  movedHeadersText,
  STORED_FORM,
  sentAlong,
  stillDisabled,
  TEMPORARY,
  unmanagedWhy,
  WRITE_ONLY,
} from '../plan/plan.ts';
import { slotChange } from '../plan/slots.ts';
import type { Quoter } from './text.ts';

/** A service without an enforced limit (U2) could have any number; more are counted. */
const MOST_ROWS = 20;

/** The service as a `<details>` element. */
export function renderServiceMarkdown(service: ServicePlan, quote: Quoter): string {
  const { changes } = service;
  // GitHub renders no Markdown in a summary, but does after a blank line.
  const summary = `${quote.html(service.service.name)} ${quote.html(service.service.id)} ${slotChange(service)} ${countKinds(changes)}`;
  const rows = [...changes.flatMap((change) => renderChange(change, quote)), ...renderRest(service, quote)];
  return `<details><summary>${summary}</summary>\n\n${rows.join('\n')}\n\n</details>\n`;
}

/** `2 to create, 1 to delete` */
export function countKinds(changes: readonly Change[]): string {
  return (['update', 'create', 'delete', 'enable'] as const)
    .map((kind) => ({ kind, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} to ${kind}`)
    .join(', ');
}

function renderChange(change: Change, quote: Quoter): string[] {
  const head = (label: string): string =>
    `- **${change.kind}** ${quote.code(label)}${'id' in change ? ` ${quote.code(change.id)}` : ''}`;
  switch (change.kind) {
    case 'create':
      return [
        head(change.after.label),
        ...renderDescription(change.after, quote),
        ...renderSpec(change.after, quote),
      ];
    case 'update': {
      const moved = movedHeadersText(change);
      const along = sentAlong(change).map((name) => quote.code(name));
      return [
        head(change.after.label),
        ...renderDescription(change.after, quote),
        ...change.fields.flatMap((diff) => renderField(diff, quote)),
        ...(moved === undefined ? [] : [`  - **!** ${quote.code(moved)}`]),
        ...(along.length > 0 ? [`  - headers: ${along.join(', ')} sent along ${WRITE_ONLY}`] : []),
      ];
    }
    case 'delete':
      return [head(change.before.label), `  - url: ${quote.code(maskUrl(change.before.url ?? ''))}`];
    case 'enable':
      return [head(change.before.label), '  - temporarily disabled by PagerDuty'];
  }
}

/** The `description` of the config, for the reviewer. */
function renderDescription({ description }: ActionSpec, quote: Quoter): string[] {
  return description === undefined ? [] : [`  - ${quote.code(description)}`];
}

function renderSpec({ url, urlSource, headers }: ActionSpec, quote: Quoter): string[] {
  const names = (headers ?? []).map(({ name }) => quote.code(name));
  return [
    `  - url: ${quote.code(shownUrl(url, urlSource))}`,
    ...(names.length > 0 ? [`  - headers: ${names.join(', ')} ${WRITE_ONLY}`] : []),
  ];
}

function renderField(diff: FieldDiff, quote: Quoter): string[] {
  const names = (list: readonly string[]): string => list.map((name) => quote.code(name)).join(', ');
  switch (diff.field) {
    case 'label':
      return [
        `  - label: ${quote.code(diff.before)} → ${quote.code(diff.after)}${isTemporaryLabel(diff.after) ? `, ${TEMPORARY}` : ''}`,
      ];
    case 'url': {
      const before = diff.before === null ? '' : maskUrl(diff.before);
      const after = shownUrl(diff.after, diff.written);
      const remark = diff.storedForm ? `; ${STORED_FORM}` : '';
      if (before === after)
        return [`  - url: ${quote.code(after)} differs in a part that is not shown${remark}`];
      return [`  - url: ${quote.code(before)} → ${quote.code(after)}${remark}`];
    }
    case 'headers': {
      const parts = [
        ['added', diff.added],
        ['removed', diff.removed],
        ['kept', diff.kept],
      ] as const;
      const groups = parts
        .filter(([, list]) => list.length > 0)
        .map(([word, list]) => `${word} ${names(list)}`);
      return [`  - headers: ${groups.join('; ')} ${WRITE_ONLY}`];
    }
    case 'secrets':
      return [`  - secrets: ${diff.changed ? 'changed; ' : ''}${names(diff.names)} sent again ${WRITE_ONLY}`];
  }
}

/** Unchanged actions of the service that need a remark. */
export function renderRest(service: ServicePlan, quote: Quoter): string[] {
  const row =
    (word: string, why: (action: LiveAction) => string) =>
    (action: LiveAction): string =>
      `- ${word} ${quote.code(action.label)} ${quote.code(action.id)}: ${why(action)}`;
  const rows = [
    ...stillDisabled(service).map(
      row('**disabled**', () => 'disabled by PagerDuty; pass `--enable` to re-enable it'),
    ),
    ...service.blocked.map(
      ({ label, id, why }) =>
        `- **unreadable** ${quote.code(label)} is left alone: ${quote.code(id)} cannot be read (${quote.code(why)})`,
    ),
    ...service.twins.map(
      ({ id, stored, label }) =>
        `- **looks the same** ${quote.code(label)} will be created next to ${quote.code(visibleJson(stored))} ${quote.code(id)}, which has another URL`,
    ),
    ...service.untouchedHeaders.map(
      row('up to date', ({ headerNames }) => {
        const names = (headerNames ?? []).map((name) => quote.code(name));
        return `has headers that the config does not mention: ${names.join(', ')}`;
      }),
    ),
    ...service.unmanaged.map(row('left alone', unmanagedWhy)),
  ];
  const left = rows.length - MOST_ROWS;
  return left > 0 ? [...rows.slice(0, MOST_ROWS), `- … and ${plural(left, 'more action')}`] : rows;
}
