/** `.ci/run` ends at the first command that fails. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const lines = readFileSync(resolve(import.meta.dirname, '../../.ci/run'), 'utf8').split('\n');

it('has `set -e`, and joins no commands with `&&`, where only the last one would count', () => {
  expect(lines).toContain('set -euo pipefail');
  // Conditions, functions that are used as one, and installations that may fail.
  const allowed = /^\s*(?:#|if |(?:is_ci|keychain|browser|redis)\(\) |\{ apt-get .*; \} \|\| true$)/;
  expect(lines.filter((line) => line.includes('&&') && !allowed.test(line))).toEqual([]);
});
