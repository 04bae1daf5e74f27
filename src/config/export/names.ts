/** Generates names that PagerDuty does not have: keys of definitions and variables for hidden values. */
import type { Service } from '../../core/action.ts';
import { accessTo } from '../secrets/never-expanded.ts';

const LONGEST_SLUG = 30;

/** The ingredients of a key: a label, and the services of the action. */
export interface NamedAction {
  readonly label: string;
  readonly services: readonly Service[];
}

/**
 * Readable keys, one for each, in the same order: `Restart Server` becomes `restart-server`. If several share a label, the most common
 * one gets the plain name, and a key for a single service includes that service: `restart-server-checkout-api`.
 */
export function keysFor(named: readonly NamedAction[]): string[] {
  const plain = plainOnes(named);
  const taken = new Set([...plain].map((index) => baseOf(named[index] as NamedAction)));
  return named.map((item, index) => {
    const base = baseOf(item);
    if (plain.has(index)) return base;
    const [service, ...others] = item.services;
    return free(service && others.length === 0 ? `${base}-${slugOf(service.name, service.id)}` : base, taken);
  });
}

/** Those with the plain name: the only one, or the one on the most services if that is more than one. */
function plainOnes(named: readonly NamedAction[]): Set<number> {
  const groups = new Map<string, number[]>();
  for (const [index, item] of named.entries()) {
    const base = baseOf(item);
    groups.set(base, [...(groups.get(base) ?? []), index]);
  }
  const spread = (index: number): number => named[index]?.services.length ?? 0;
  const chosen = [...groups.values()].map(([first = 0, ...others]) => ({
    alone: others.length === 0,
    index: others.reduce((most, index) => (spread(index) > spread(most) ? index : most), first),
  }));
  return new Set(chosen.filter(({ alone, index }) => alone || spread(index) > 1).map(({ index }) => index));
}

/** The wanted name, or the first free one with a number; it is taken from now on. */
function free(wanted: string, taken: Set<string>, divider = '-'): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}${divider}${count}`;
  taken.add(name);
  return name;
}

function baseOf({ label }: NamedAction): string {
  const slug = slugOf(label, 'action');
  return isPrototypeKey(slug) ? `action-${slug}` : slug;
}

function slugOf(text: string, fallback: string): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LONGEST_SLUG)
    .replace(/(?<!-)-+$/, '');
  return slug === '' ? fallback.toLowerCase() : slug;
}

/** A variable for a hidden value, with a name that any configuration may read (T25, T57): `RESTART_SERVER_AUTHORIZATION`. */
export function variableFor(key: string, part: string, taken: Set<string>): string {
  const name = `${key}_${part}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const safe = /^[A-Z]/.test(name) && accessTo(name) === 'free' ? name : `BUTTON_${name}`;
  return free(safe, taken, '_');
}

/** Escapes a text so that `${…}` expansion leaves it unchanged. */
export function literal(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** Keys that a configuration refuses, because objects inherit them (T14). */
export function isPrototypeKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}
