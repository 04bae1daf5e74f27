/** Folds definitions that differ only by the name or the id of their service into one with `${service.…}`. */
import type { LiveAction, Service, ServiceField, ServiceRef, Template } from '../../core/action.ts';
import { fillText, fillUrl, isPerService, percentEncoded, writtenText } from '../../core/filling/template.ts';
import { isRedacted } from '../../core/same/redacted.ts';
import { sameUrl } from '../../core/same/same-url.ts';
import { foldLabel } from '../check/label.ts';
import type { Definition, Pattern } from './definition.ts';

interface PatternCandidate {
  readonly pattern: Pattern;
  /** The definitions it was made from. */
  readonly origins: Set<Definition>;
}

/** Up to this number, patterns are compared with every definition; beyond it, only with those of their own origin. */
const MOST_COMPARED = 20;

/**
 * Folds definitions into as few as possible. Filling in a folded definition gives each service exactly its live action.
 * @param headersOf the part of the headers that two definitions must share
 * @param isWritable true if the URL of a pattern can be written, with none of its references hidden
 */
export function foldDefinitions(
  definitions: readonly Definition[],
  headersOf: (action: LiveAction) => string,
  isWritable: (url: Template) => boolean,
): readonly Definition[] {
  const groups = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const headers = headersOf(definition.action);
    const group = groups.get(headers);
    if (group) group.push(definition);
    else groups.set(headers, [definition]);
  }
  return distinct([...groups.values()].flatMap((group) => foldGroup(group, isWritable)));
}

function foldGroup(group: readonly Definition[], isWritable: (url: Template) => boolean): Definition[] {
  const common = candidatesOf(group).filter(({ origins }) => origins.size > 1);
  common.sort((a, b) => b.origins.size - a.origins.size);
  const left = new Set(group);
  const folded: Definition[] = [];
  for (const [index, { pattern, origins }] of common.entries()) {
    const within = index < MOST_COMPARED ? left : origins;
    const covered = [...within].filter(
      (definition) => left.has(definition) && (origins.has(definition) || isFilledBy(pattern, definition)),
    );
    if (covered.length < 2 || !isWritable(pattern.url)) continue;
    for (const definition of covered) left.delete(definition);
    folded.push(joined(covered, pattern));
  }
  return [...left, ...folded];
}

function joined(parts: readonly Definition[], pattern: Pattern): Definition {
  return {
    action: (parts[0] as Definition).action,
    members: parts.flatMap(({ members }) => members),
    services: parts.flatMap(({ services }) => services),
    pattern,
    parts,
  };
}

function candidatesOf(group: readonly Definition[]): PatternCandidate[] {
  const candidates = new Map<string, PatternCandidate>();
  for (const definition of group) {
    for (const pattern of patternsOf(definition)) {
      const key = JSON.stringify(pattern);
      const candidate = candidates.get(key) ?? { pattern, origins: new Set() };
      candidate.origins.add(definition);
      candidates.set(key, candidate);
    }
  }
  return [...candidates.values()];
}

/** Each way to interpret a definition as a filled-in pattern: names, ids or both, in the label, the URL or both. */
function patternsOf(definition: Definition): Pattern[] {
  const { action, services } = definition;
  const [service] = services;
  if (service === undefined || action.url === null) return [];
  const urls = readings(action.url, service, inUrl);
  const patterns = readings(action.label, service, inLabel).flatMap((label) =>
    urls.map((url) => ({ label, url })),
  );
  return patterns.filter(
    (pattern) =>
      (isPerService(pattern.label) || isPerService(pattern.url)) && isFilledBy(pattern, definition),
  );
}

/** True if the pattern, filled in, equals every member on its service. */
function isFilledBy({ label, url }: Pattern, { action, services }: Definition): boolean {
  return services.every(
    (service) =>
      (!usesName(label, url) || isUsableName(service)) &&
      fillText(label, service) === action.label &&
      sameUrl(fillUrl(url, service), action.url),
  );
}

function usesName(...templates: readonly Template[]): boolean {
  return templates.flat().some((part) => typeof part !== 'string' && part.service === 'name');
}

/** True for names that a plan would fill in. */
function isUsableName({ name }: ServiceRef): boolean {
  return name.trim() !== '' && name.isWellFormed() && !/^\.*$/.test(name) && !isRedacted(name);
}

type Split = (text: Template, field: ServiceField, service: ServiceRef) => Template;

function readings(text: string, service: Service, split: Split): Template[] {
  const id = split([text], 'id', service);
  const name = isUsableName(service) ? split([text], 'name', service) : [text];
  const both = isUsableName(service) ? split(id, 'name', service) : id;
  const all = [[text], id, name, both];
  return [...new Map(all.filter(isWritten).map((template) => [JSON.stringify(template), template])).values()];
}

/** A reference after a dollar would be parsed as a literal one. */
function isWritten(template: Template): boolean {
  return template.every(
    (part, index) => typeof part !== 'string' || !part.endsWith('$') || index === template.length - 1,
  );
}

const inLabel: Split = (template, field, service) => splitAt(template, service[field], field);

/** Never replaces a name in the origin. */
const inUrl: Split = ([first = '', ...others], field, service) => {
  const start = typeof first === 'string' ? (/^https?:\/\/[^/?#]+[/?#]/i.exec(first)?.[0] ?? '') : '';
  if (start === '') return [first, ...others];
  const rest = splitAt([String(first).slice(start.length), ...others], percentEncoded(service[field]), field);
  const [next = ''] = rest;
  return typeof next === 'string' ? [start + next, ...rest.slice(1)] : [start, ...rest];
};

/** The template with each occurrence of a text in its literals as a reference. */
function splitAt(template: Template, text: string, field: ServiceField): Template {
  if (text === '') return template;
  return template.flatMap((part): Template => {
    if (typeof part !== 'string') return [part];
    const pieces = part
      .split(text)
      .flatMap((piece, index) => (index === 0 ? [piece] : [{ service: field }, piece]));
    return pieces.filter((piece) => piece !== '');
  });
}

/** Labels that look the same as written cannot be declared together (T02), so the rarer definition is unfolded again. */
function distinct(definitions: readonly Definition[]): readonly Definition[] {
  const labels = new Map<string, string>();
  const common = definitions.toSorted((a, b) => b.members.length - a.members.length);
  for (const { pattern, action } of common) {
    const written = pattern ? writtenText(pattern.label) : action.label;
    const folded = foldLabel(written);
    if (!labels.has(folded)) labels.set(folded, written);
  }
  return definitions.flatMap((definition) => {
    const written = definition.pattern && writtenText(definition.pattern.label);
    const clashes = written !== undefined && labels.get(foldLabel(written)) !== written;
    return clashes ? (definition.parts ?? []) : [definition];
  });
}
