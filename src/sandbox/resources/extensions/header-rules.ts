/** PagerDuty's possible rules for custom headers (U8): unknown, so they are a switch. */

import type { Switches } from '../../account/switches.ts';
import type { Header } from './record.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const RESERVED = [
  'accept',
  'connection',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
  'user-agent',
];
const MOST = 20;

/** One sentence for each rule that `headers` break. Values never occur in them. */
export function headerProblems(rules: Switches['headerRules'], headers: readonly Header[]): string[] {
  if (rules === 'off') return [];
  const names = headers.map(({ name }) => name.toLowerCase());
  const problems = new Set(names).size < names.length ? ['Config headers must have unique names'] : [];
  if (rules === 'unique') return problems;
  if (headers.length > MOST) problems.push(`Config headers must be ${MOST} at most`);
  if (!headers.every(({ name }) => TOKEN.test(name))) problems.push('Config headers must have valid names');
  if (names.some((name) => RESERVED.includes(name) || name.startsWith('x-webhook'))) {
    problems.push('Config headers must not have reserved names');
  }
  return problems;
}
