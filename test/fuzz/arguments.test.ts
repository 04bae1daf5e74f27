/** Nonsensical command lines: an answer with an exit code of the table, never a bug, never a repeated value (T30). */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyCharacter } from '../helpers/characters.ts';
import { runCli } from '../helpers/in-process.ts';
import { runs } from '../helpers/runs.ts';

const SECRET = 'Canary7wQz4kLm9xZ2';

const word = fc.oneof(
  fc.constantFrom(
    'list',
    'show',
    'plan',
    'sync',
    'validate',
    'delete',
    'update',
    'enable',
    'create',
    'help',
    '--',
  ),
  fc.constantFrom(
    '--json',
    '--format',
    'xml',
    '--service',
    '--region',
    'eu',
    '--yes',
    '--no-input',
    '-q',
    '--debug',
  ),
  fc.constantFrom(
    '--config',
    '/dev/null',
    '--concurrency',
    '0',
    '--timeout',
    'NaN',
    '--rotate-secrets',
    '--max-deletes',
  ),
  fc.constantFrom(`--token=${SECRET}`, `--api-url=https://u:${SECRET}@x.example`),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '',
    '-',
    '--=',
    '--no-',
    '\x1b[2J',
    '\u202e',
    '🙂',
    '\ud800',
    'a\nb',
  ),
  fc.string({ unit: anyCharacter, maxLength: 6 }),
);

it('T30 P11: any command line ends with a message and a code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
      // Without a token no request can be sent; runCli scans the output.
      const { code, stderr } = await runCli(argv, { secrets: [SECRET], env: { CI: 'true' } });
      expect([0, 3, 4, 5, 9]).toContain(code);
      if (code !== 0) expect(stderr).toMatch(/^pdactions: /m);
      expect(stderr).not.toMatch(/\n\s+at |internal error/);
    }),
    { numRuns: runs(300) },
  );
});
