/** `.ci/run` ends at the first command that fails. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const lines = readFileSync(resolve(import.meta.dirname, '../../.ci/run'), 'utf8').split('\n');

it('has `set -e`, and joins no commands with `&&`, where only the last one would count', () => {
  expect(lines).toContain('set -euo pipefail');
  // Conditions, and functions that are used as one.
  const allowed = /^\s*(?:#|if |is_ci\(\) )/;
  expect(lines.filter((line) => line.includes('&&') && !allowed.test(line))).toEqual([]);
});
