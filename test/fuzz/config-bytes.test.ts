/** P11: for any bytes in a config, the result is a configuration or a list of problems. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { leaksIn } from '../helpers/canary.ts';
import { temporaryFolder } from '../helpers/in-process.ts';
import { runs } from '../helpers/runs.ts';

/** Files that found a bug once or could have, and valid ones as a start. A name that begins with `ok-` must load. */
const CORPUS = join(import.meta.dirname, 'corpus');
const corpus = readdirSync(CORPUS).sort();

const SECRET = 'Hdr8-canary-pQ3x-Zk5v';
const env = { HOOK_TOKEN: SECRET, PAGERDUTY_TOKEN: SECRET };
const PROTOTYPE = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
afterEach(() => expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(PROTOTYPE));

/** A folder that is the root of a repository, and a function that loads a file there. It returns true if the file is valid. */
function judge() {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, '.git'));
  return async (kind: 'json' | 'yaml', bytes: Uint8Array): Promise<boolean> => {
    writeFileSync(join(cwd, `pdactions.config.${kind}`), bytes);
    const result = await loadConfig({ cwd, env });
    if (result === null) throw new Error('the file was not found');
    const said = JSON.stringify(result.ok ? result.warnings : [result.problems, result.warnings]);
    if (!Buffer.from(bytes).includes(SECRET)) expect(leaksIn(said, [SECRET])).toEqual([]);
    if (result.ok) return true;
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { file, message } of result.problems) expect([file, message]).not.toContain('');
    return false;
  };
}

const kindOf = (name: string): 'json' | 'yaml' => (name.endsWith('.json.txt') ? 'json' : 'yaml');

describe('P11: bytes in the place of a config', () => {
  it.each(corpus)('%s', async (name) => {
    const ok = await judge()(kindOf(name), readFileSync(join(CORPUS, name)));
    expect(ok).toBe(name.startsWith('ok-'));
  });

  /** Fragments of JSON, YAML, our own syntax and JavaScript, and bytes that are not text. */
  const morsel = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      "'",
      '\n',
      '\t',
      '- ',
      '? ',
      '&a ',
      '*a',
      '!!',
      '|',
      '>',
      '#',
    ),
    fc.constantFrom(
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '<<: ',
      '${',
      '${HOOK_TOKEN}',
      '$${',
      ':-',
      '}',
      '__proto__',
    ),
    fc.constantFrom(
      'constructor',
      'null',
      '~',
      '.inf',
      '0x1F',
      '1e999',
      '\\ud800',
      '\\u0000',
      '\0',
      '\ufeff',
      '\u2028',
    ),
    fc.constantFrom(
      'https://',
      '@',
      'id:',
      'team:',
      '*',
      '?',
      '€',
      '\u202e',
      'x'.repeat(300),
      '['.repeat(100),
    ),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.integer({ min: 0, max: 12 }),
    insert: fc.oneof(fc.constant(''), morsel),
  });

  it('changed anywhere: a config or problems, without a secret, and without prototype pollution', async () => {
    const decide = judge();
    const seeds = corpus.filter((name) => name.startsWith('ok-'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (name, edits) => {
          let text = readFileSync(join(CORPUS, name), 'latin1');
          for (const { at, cut, insert } of edits) {
            const from = Math.floor(at * text.length);
            text = text.slice(0, from) + insert + text.slice(from + cut);
          }
          await decide(kindOf(name), Buffer.from(text, 'latin1'));
        },
      ),
      { numRuns: runs(1_400) },
    );
  });

  it('made only of such fragments', async () => {
    const decide = judge();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('json', 'yaml'),
        fc.array(morsel, { maxLength: 30 }),
        async (kind, morsels) => {
          await decide(kind, Buffer.from(morsels.join('')));
        },
      ),
      { numRuns: runs(600) },
    );
  });
});
