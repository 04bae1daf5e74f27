/** Names for what has none in PagerDuty: keys of definitions and variables for hidden values. */
import { isNeverExpanded } from './never-expanded.ts';

const LONGEST_KEY = 40;

/** A readable key that is not taken yet: `Restart Server` becomes `restart-server`. It is taken afterwards. */
export function keyFor(label: string, taken: Set<string>): string {
  const slug = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_KEY)
    .replace(/^-+|-+$/g, '');
  const base = slug === '' ? 'action' : isPrototypeKey(slug) ? `action-${slug}` : slug;
  let key = base;
  for (let count = 2; taken.has(key); count += 1) key = `${base}-${count}`;
  taken.add(key);
  return key;
}

/** A variable for a hidden value, one that a configuration may read (T25): `RESTART_SERVER_AUTHORIZATION`. */
export function variableFor(key: string, part: string, taken: Set<string>): string {
  const name = `${key}_${part}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const safe = /^[A-Z]/.test(name) && !isNeverExpanded(name) ? name : `BUTTON_${name}`;
  let variable = safe;
  for (let count = 2; taken.has(variable); count += 1) variable = `${safe}_${count}`;
  taken.add(variable);
  return variable;
}

/** Text that `${…}` expansion gives back as it is. */
export function literal(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** Keys that a configuration refuses, for objects have them from birth (T14). */
export function isPrototypeKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}
