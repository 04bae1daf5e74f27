/**
 * A live account as a configuration that syncs to no change: equal actions become one definition, what PagerDuty hides becomes a
 * variable to set, and what cannot be declared is left out, with the reason. Pure.
 */
import { type LiveAction, type Service, SLOTS_PER_SERVICE } from '../core/action.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from '../core/fingerprint.ts';
import { compareText, liveByService } from '../core/live.ts';
import { parseSelector } from '../core/selector.ts';
import { checkHeaderName } from './check-header.ts';
import { checkLabel, foldLabel } from './check-label.ts';
import { isPrototypeKey, keyFor, variableFor } from './export-names.ts';
import { exportUrl } from './export-url.ts';

/** A definition, in the shape of the file. */
export interface ExportedAction {
  readonly label: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fingerprint?: true;
  readonly allowInsecureUrl?: true;
  readonly allowIdn?: true;
  readonly allowUnicodeControls?: true;
}

/** The configuration as a document, ready to be written as JSON or YAML. */
export interface ExportedDocument {
  readonly account?: string;
  readonly actions: Readonly<Record<string, ExportedAction>>;
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly prune: false;
}

export interface Exported {
  readonly document: ExportedDocument;
  /** What has to be set for the configuration to be valid, and for which action. */
  readonly variables: readonly { readonly name: string; readonly label: string; readonly part: string }[];
  /** What is live and not declared. */
  readonly left: readonly { readonly action: LiveAction; readonly why: string }[];
  /** What is declared, with something to know about it. */
  readonly notes: readonly { readonly action: LiveAction; readonly note: string }[];
}

/**
 * Exports the actions on the given services.
 * @param services those whose actions are wanted
 * @param all every service of the account, to tell which names are unique
 */
export function exportConfig(
  account: string | null,
  services: readonly Service[],
  all: readonly Service[],
  actions: readonly LiveAction[],
): Exported {
  const run = createRun();
  const live = liveByService(actions);
  const selectorOf = selectors(all);
  const entries = services
    .toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id))
    .map((service) => {
      const { own = [], shared = [] } = live.get(service.id) ?? {};
      for (const action of shared)
        run.leave(action, 'it stands on several services, or is of an unknown type');
      return [selectorOf(service), run.declare(service, own)] as const;
    })
    .filter(([, keys]) => keys.length > 0);
  return {
    document: {
      ...(account === null ? {} : { account }),
      actions: Object.fromEntries(run.definitions()),
      services: Object.fromEntries(entries),
      prune: false,
    },
    variables: run.variables,
    left: run.left,
    notes: run.notes,
  };
}

/** A name where it is unique and reads as a name; an id otherwise. */
function selectors(all: readonly Service[]): (service: Service) => string {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return ({ id, name }) => {
    const selector = parseSelector(name);
    const isName =
      'kind' in selector && selector.kind === 'name' && checkLabel(name).ok && !isPrototypeKey(name);
    return isName && counts.get(name) === 1 ? name : `id:${id}`;
  };
}

function createRun() {
  const byContent = new Map<string, { readonly key: string; readonly action: ExportedAction } | string>();
  const labels = new Map<string, string>();
  const keys = new Set<string>();
  const names = new Set<string>();
  const variables: { name: string; label: string; part: string }[] = [];
  const left = new Map<string, { action: LiveAction; why: string }>();
  const notes: { action: LiveAction; note: string }[] = [];

  const leave = (action: LiveAction, why: string): void => {
    if (!left.has(action.id)) left.set(action.id, { action, why });
  };

  /** The definition that equals this action, made when there is none; or why there cannot be one. */
  const define = (action: LiveAction): { readonly key: string } | string => {
    const content = contentOf(action);
    const known = byContent.get(content);
    if (known !== undefined) return known;
    const made = make(action);
    byContent.set(content, made);
    return made;
  };

  const make = (action: LiveAction): { readonly key: string; readonly action: ExportedAction } | string => {
    const { label } = action;
    const unicode = !checkLabel(label).ok;
    const check = checkLabel(label, { allowUnicodeControls: true });
    if (!check.ok) return check.message;
    const folded = foldLabel(label);
    if (folded !== '' && (labels.get(folded) ?? label) !== label) {
      return `its label looks the same as another one, \`${labels.get(folded)}\``;
    }
    const key = keyFor(label, keys);
    const wanted: { name: string; label: string; part: string }[] = [];
    const variable = (part: string): string => {
      const name = variableFor(key, part, names);
      wanted.push({ name, label, part });
      return name;
    };
    const exported = exportUrl(action.url, variable);
    if (!exported.ok) {
      keys.delete(key);
      return exported.why;
    }
    labels.set(folded, label);
    const headers = exported.insecure ? undefined : headersOf(action, variable);
    variables.push(...wanted);
    return {
      key,
      action: {
        label,
        url: exported.url,
        ...(headers === undefined ? {} : { headers }),
        ...(headers && action.headerNames?.some(isFingerprintName) ? { fingerprint: true } : {}),
        ...exported.switches,
        ...(unicode ? { allowUnicodeControls: true } : {}),
      },
    };
  };

  return {
    variables,
    notes,
    leave,
    get left() {
      return [...left.values()];
    },
    definitions(): [string, ExportedAction][] {
      return [...byContent.values()]
        .flatMap((made): [string, ExportedAction][] =>
          typeof made === 'string' ? [] : [[made.key, made.action]],
        )
        .sort(([a], [b]) => compareText(a, b));
    },
    /** The keys of a service's actions. */
    declare(service: Service, own: readonly LiveAction[]): string[] {
      const declared: string[] = [];
      for (const action of own) {
        const twins = own.filter(({ label }) => label === action.label);
        if (twins.length > 1) {
          leave(action, `${service.name} has this label ${twins.length} times; delete all but one`);
          continue;
        }
        const made = define(action);
        if (typeof made === 'string') leave(action, made);
        else if (declared.length >= SLOTS_PER_SERVICE) leave(action, `${service.name} has more than three`);
        else {
          declared.push(made.key);
          if (hasUndeclaredHeaders(action, byContent.get(contentOf(action)))) {
            notes.push({ action, note: 'its headers cannot be declared and are left as they are' });
          }
          if (action.disabled) notes.push({ action, note: 'it is temporarily disabled' });
        }
      }
      return declared;
    },
  };
}

/** What makes two actions the same definition. Header values cannot be compared: nobody can read them. */
function contentOf({ label, url, headerNames }: LiveAction): string {
  // A fingerprint differs from service to service: that there is one is what counts.
  const names = headerNames?.map((name) =>
    isFingerprintName(name) ? FINGERPRINT_PREFIX : name.toLowerCase(),
  );
  return JSON.stringify([label, url, names?.sort() ?? null]);
}

/** All headers with variables as values; undefined when there are none, or one of them cannot be declared (T04–T06). */
function headersOf(
  { headerNames }: LiveAction,
  variable: (part: string) => string,
): Record<string, string> | undefined {
  const names = (headerNames ?? []).filter((name) => !isFingerprintName(name));
  if (names.length === 0) return undefined;
  const distinct = new Set(names.map((name) => name.toLowerCase()));
  const declarable = distinct.size === names.length && names.every((name) => checkHeaderName(name).ok);
  if (!declarable) return undefined;
  return Object.fromEntries(names.toSorted(compareText).map((name) => [name, `\${${variable(name)}}`]));
}

function hasUndeclaredHeaders(
  { headerNames }: LiveAction,
  made: { readonly action: ExportedAction } | string | undefined,
): boolean {
  const declared = typeof made === 'object' ? made.action.headers : undefined;
  return (headerNames ?? []).length > 0 && declared === undefined;
}
