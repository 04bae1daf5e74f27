/** One definition of an exported configuration, and the variables that it needs. */
import type { LiveAction, Team, Template } from '../../core/action.ts';
import { isPerService, writtenText } from '../../core/filling/template.ts';
import { isFingerprintName } from '../../core/headers/header-names.ts';
import { compareText } from '../../core/live.ts';
import { checkHeaderName } from '../check/header.ts';
import { checkLabel } from '../check/label.ts';
import type { Definition, Pattern } from './definition.ts';
import { isPrototypeKey, variableFor } from './names.ts';
import { type ExportedUrl, exportPattern, exportUrl } from './url.ts';

export interface ExportOptions {
  /** Writes each service and each definition individually, without patterns. */
  readonly detail?: boolean | undefined;
  /** Writes each service individually, because `all` is not the whole account. */
  readonly named?: boolean | undefined;
  /** Every team of the account, for selectors; absent to use none. */
  readonly teams?: readonly Team[] | undefined;
  /** Also makes variables of values in URLs that look secret without a telling name. */
  readonly redact?: boolean | undefined;
  /** False: declares no headers, so that they stay unchanged and no variable must be set for them. */
  readonly headers?: boolean | undefined;
  /** Variables for the values of headers, by the header's name in lower case; others get a name of their own. */
  readonly headerVariables?: ReadonlyMap<string, string> | undefined;
  /** The composition of a header's value, if known: a text with one variable in it. */
  readonly headerText?: ((action: LiveAction, name: string) => HeaderText | undefined) | undefined;
}

interface HeaderText {
  /** `Bearer ${AUTOMATION_TOKEN}` */
  readonly text: string;
  /** The variable in it. */
  readonly variable: string;
}

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

/** A variable that must be set, and its purpose. */
export interface ExportedVariable {
  readonly name: string;
  /** Of the first action that needs it. */
  readonly label: string;
  /** `login`, `url`, or the name of a header or of a parameter of the query. */
  readonly part: string;
  /** In the URL, which PagerDuty shows to every user who may see the action, unless it redacts URLs. */
  readonly inUrl: boolean;
  /** The number of live actions with a value there; the values may differ. */
  readonly values: number;
}

/** A value that looks secret and is written unchanged. */
export interface ExportedLiteral {
  /** The key of the definition. */
  readonly key: string;
  /** Its place in the URL: `path, part 3`, `query, sig`, `fragment`. */
  readonly place: string;
}

type ExportNote = { readonly action: LiveAction; readonly note: string };

/** Writes definitions one after the other, with distinct variables. */
export class DefinitionWriter {
  readonly notes: ExportNote[] = [];
  readonly literals: ExportedLiteral[] = [];
  readonly #options: ExportOptions;
  /** Names of variables that must not be used again. */
  readonly #taken: Set<string>;
  readonly #variables = new Map<string, ExportedVariable>();

  constructor(options: ExportOptions) {
    this.#options = options;
    this.#taken = new Set(options.headerVariables?.values());
  }

  get variables(): readonly ExportedVariable[] {
    return [...this.#variables.values()];
  }

  /** The definition of an action that can be declared. */
  write(key: string, definition: Definition): ExportedAction {
    const { action, members, pattern } = definition;
    const exported = this.#url(key, definition);
    const obstacle = obstacleOf(action, exported.insecure);
    const names = obstacle === undefined && this.#options.headers !== false ? plainNames(action) : [];
    const headers = names.toSorted(compareText).map((name) => this.#header(key, name, definition));
    this.notes.push(...members.flatMap((member) => notesOn(member, obstacle)));
    return {
      label: writtenLabel(pattern?.label ?? [action.label]),
      url: exported.url,
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
      ...(headers.length > 0 && action.headerNames?.some(isFingerprintName) ? { fingerprint: true } : {}),
      ...exported.switches,
      ...(members.every((member) => checkLabel(member.label).ok) ? {} : { allowUnicodeControls: true }),
    };
  }

  #url(key: string, definition: Definition): Extract<ExportedUrl, { readonly ok: true }> {
    const { action, pattern } = definition;
    const variable = (part: string): string => {
      const name = variableFor(key, part, this.#taken);
      this.#want(name, part, definition, true);
      return name;
    };
    const exported = exportEither(action, pattern, variable, this.#options.redact);
    if (!exported.ok) throw new Error(exported.why);
    this.literals.push(...exported.literals.map((place) => ({ key, place })));
    return exported;
  }

  #header(key: string, name: string, definition: Definition): [name: string, text: string] {
    const { headerText, headerVariables } = this.#options;
    const known = headerText?.(definition.action, name);
    const given = known?.variable ?? headerVariables?.get(name.toLowerCase());
    const variable = given ?? variableFor(key, name, this.#taken);
    this.#want(variable, name, definition, false);
    return [name, known?.text ?? `\${${variable}}`];
  }

  #want(name: string, part: string, { action, members, pattern }: Definition, inUrl: boolean): void {
    const known = this.#variables.get(name);
    const label = pattern ? writtenText(pattern.label) : action.label;
    const first: ExportedVariable = known ?? { name, label, part, inUrl, values: 0 };
    this.#variables.set(name, { ...first, values: first.values + members.length });
  }
}

function exportEither(
  { url }: LiveAction,
  pattern: Pattern | undefined,
  variable: (part: string) => string,
  redact: boolean | undefined,
): ExportedUrl {
  const folded =
    pattern && isPerService(pattern.url) ? exportPattern(pattern.url, variable, redact) : undefined;
  return folded ?? exportUrl(url, variable, redact);
}

/** A label as a config writes it: escapes a text that only looks like a reference to the service. */
function writtenLabel(label: Template): string {
  return writtenText(
    label.map((part) =>
      typeof part === 'string' ? part.replaceAll('${service.', () => '$${service.') : part,
    ),
  );
}

function notesOn(action: LiveAction, obstacle: string | undefined): ExportNote[] {
  const left = obstacle && `its headers are not declared and stay unchanged: ${obstacle}`;
  return [left, action.disabled && 'it is temporarily disabled']
    .filter((note) => typeof note === 'string')
    .map((note) => ({ action, note }));
}

function plainNames({ headerNames }: LiveAction): string[] {
  return (headerNames ?? []).filter((name) => !isFingerprintName(name));
}

/** The reason why a configuration cannot declare the headers of an action, if any (T04–T06, T08). */
function obstacleOf(action: LiveAction, insecure: boolean): string | undefined {
  const names = plainNames(action);
  if (names.length === 0) return undefined;
  if (insecure) return 'they are sent over http://, which a config does not allow';
  const repeated = names.find((name, index) =>
    names.slice(0, index).some((other) => other.toLowerCase() === name.toLowerCase()),
  );
  if (repeated !== undefined) return `${repeated} occurs twice`;
  return names.map(objectionTo).find((objection) => objection !== undefined);
}

function objectionTo(name: string): string | undefined {
  if (isPrototypeKey(name)) return `${name} cannot be a key`;
  const check = checkHeaderName(name);
  return check.ok ? undefined : check.message;
}
