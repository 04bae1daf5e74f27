/** Sorts live actions into those that can be declared, grouped by definition, and the others with the obstacle. */
import { type LiveAction, type Service, SLOTS_PER_SERVICE } from '../../core/action.ts';
import { FINGERPRINT_PREFIX, isFingerprintName } from '../../core/headers/header-names.ts';
import { type LiveService, liveByService, NOTHING } from '../../core/live.ts';
import { checkLabel, foldLabel } from '../check/label.ts';
import type { ExportOptions } from './action.ts';
import type { Definition } from './definition.ts';
import { foldDefinitions } from './fold.ts';
import { exportPattern, exportUrl } from './url.ts';

export interface Sorted {
  readonly definitions: readonly Definition[];
  readonly left: readonly { readonly action: LiveAction; readonly why: string }[];
}

/** Sorts the actions of the services, in their order. */
export function sortOut(
  services: readonly Service[],
  actions: readonly LiveAction[],
  options: ExportOptions,
): Sorted {
  const live = liveByService(actions);
  const objection = objections(spellingsOf(actions), options);
  const definitions = new Map<string, { action: LiveAction; members: LiveAction[]; services: Service[] }>();
  const left = new Map<string, { action: LiveAction; why: string }>();
  for (const service of services) {
    let declared = 0;
    for (const { action, why } of judged(service, live.get(service.id) ?? NOTHING, objection)) {
      const full = declared >= SLOTS_PER_SERVICE ? `${service.name} has more than three actions` : undefined;
      if (why !== undefined || full !== undefined) {
        if (!left.has(action.id)) left.set(action.id, { action, why: why ?? full ?? '' });
        continue;
      }
      declared += 1;
      const content = contentOf(action, options);
      const known = definitions.get(content) ?? { action, members: [], services: [] };
      definitions.set(content, known);
      known.members.push(action);
      known.services.push(service);
    }
  }
  const known = new Set(services.map(({ id }) => id));
  for (const action of actions) {
    if (action.services.some(({ id }) => known.has(id))) continue;
    left.set(action.id, { action, why: whyUnplaced(action) });
  }
  return { definitions: fold([...definitions.values()], options), left: [...left.values()] };
}

function fold(definitions: readonly Definition[], options: ExportOptions): readonly Definition[] {
  if (options.detail) return definitions;
  return foldDefinitions(
    definitions,
    (action) => headersOf(action, options),
    (url) => exportPattern(url, (part) => part, options.redact) !== undefined,
  );
}

/** Everything on a service, with the obstacles to declaring it. */
function judged(
  service: Service,
  { writable, shared }: LiveService,
  objection: ObjectionTo,
): { readonly action: LiveAction; readonly why: string | undefined }[] {
  const counts = new Map<string, number>();
  for (const { label } of writable) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [
    ...shared.map((action) => ({ action, why: whyShared(action) })),
    ...writable.map((action) => {
      const twins = counts.get(action.label) ?? 1;
      const twice = `${service.name} has ${twins} actions with this label; delete all but one`;
      return { action, why: twins > 1 ? twice : objection(action) };
    }),
  ];
}

/** Also names actions on none of the services: an export without them would look complete. */
function whyUnplaced({ services }: LiveAction): string {
  if (services.length === 0) return 'PagerDuty lists no service for it';
  const ids = services.map(({ id }) => id).join(', ');
  return `its service ${ids} was deleted, or is not visible to this token`;
}

function whyShared({ services, unreadable }: LiveAction): string {
  if (unreadable !== undefined) return `it cannot be read in full: ${unreadable}`;
  return services.length > 1 ? 'it is on several services' : 'its type is unknown';
}

/** The obstacle to declaring an action by itself; undefined for none. */
type ObjectionTo = (action: LiveAction) => string | undefined;

/** Judges each label and each URL once: thousands of services share them. */
function objections(spellings: ReadonlyMap<string, string>, { redact }: ExportOptions): ObjectionTo {
  const toLabel = remembering((label: string) => {
    const check = checkLabel(label, { allowUnicodeControls: true });
    if (!check.ok) return check.message;
    const spelling = spellings.get(foldLabel(label)) ?? label;
    return spelling === label ? undefined : `its label looks the same as another label, \`${spelling}\``;
  });
  const toUrl = remembering((url: string | null) => {
    const exported = exportUrl(url, (part) => part, redact);
    return exported.ok ? undefined : exported.why;
  });
  return ({ label, url }) => toLabel(label) ?? toUrl(url);
}

function remembering<Argument>(
  ask: (argument: Argument) => string | undefined,
): (argument: Argument) => string | undefined {
  const known = new Map<Argument, string | undefined>();
  return (argument) => {
    if (!known.has(argument)) known.set(argument, ask(argument));
    return known.get(argument);
  };
}

/** Of labels that look the same (T02) only one can be declared: the one that most actions have. */
function spellingsOf(actions: readonly LiveAction[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { label } of actions) counts.set(label, (counts.get(label) ?? 0) + 1);
  const spellings = new Map<string, string>();
  for (const [label, count] of counts) {
    const folded = foldLabel(label);
    const rival = spellings.get(folded);
    // Some labels fold to nothing, which proves no similarity.
    if (folded === '' || !checkLabel(label, { allowUnicodeControls: true }).ok) continue;
    if (rival === undefined || count > (counts.get(rival) ?? 0)) spellings.set(folded, label);
  }
  return spellings;
}

/** The contents that make two actions one definition. Header values cannot be compared, because PagerDuty never returns them. */
function contentOf(action: LiveAction, options: ExportOptions): string {
  const { label, url } = action;
  return JSON.stringify([label, url, headersOf(action, options)]);
}

function headersOf({ headerNames }: LiveAction, { headers = true }: ExportOptions): string {
  // A fingerprint differs from service to service, so only its existence counts.
  const names = headerNames?.map((name) =>
    isFingerprintName(name) ? FINGERPRINT_PREFIX : name.toLowerCase(),
  );
  return JSON.stringify(headers ? (names?.sort() ?? null) : null);
}
