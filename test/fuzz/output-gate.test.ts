/** P9 and P10 at the gate itself: whatever the output and its form, no secret and nothing unsafe reaches a stream. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS, writeRows } from '../../src/ui/render/rows.ts';
import { toJson } from '../../src/ui/text/json.ts';
import type { Style } from '../../src/ui/text/text.ts';
import { formsOf, leaksIn, unsafeIn, withoutColours } from '../helpers/canary.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';
import { recordingIo } from '../ui/io-world.ts';

/** Anything that a header or a token can hold, with many characters that output formats escape. */
const secret = fc
  .array(fc.oneof(fc.constantFrom(...`"'|\\/+%&=?#:,;{}[]<>\`~`), fc.stringMatching(/^[A-Za-z0-9]{1,4}$/)), {
    minLength: 8,
    maxLength: 20,
  })
  .map((parts) => parts.join(''))
  // Parts of the replacement text and of every document, which would match by chance.
  .filter((text) => !/redact|service|label|null/i.test(text) && /[A-Za-z0-9]{4}/.test(text));

const noise = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 5 }),
  fc.constantFrom('', ' ', '\x1b[31m', '\u202e', '\n::error::', '##[group]', '\u200b', '|', '"', '='),
);
const style = fc.constantFrom<Style | undefined>(undefined, 'strong', 'error', 'muted');

/** Forms of the secret: alone, and inside a longer text that was encoded as a whole. */
function waysToWrite(value: string): string[] {
  const wholes = [...formsOf(value)]
    .filter(([, how]) => !/four|UTF-16|base64/.test(how))
    .map(([form]) => form);
  const longer = ['', 'u', 'u:', 'us:'].map((before) => Buffer.from(`${before}${value}`));
  return [...wholes, ...longer.flatMap((bytes) => [bytes.toString('base64'), bytes.toString('base64url')])];
}

describe('P10: the gate', () => {
  it('hides a secret in any form, even spread over the spans of a line', () => {
    fc.assert(
      fc.property(
        secret,
        fc.nat(),
        noise,
        noise,
        style,
        fc.boolean(),
        (value, pick, before, after, how, terminal) => {
          const { io, stdout, stderr } = recordingIo({ stdout: terminal, stderr: terminal });
          io.addSecret(value);
          const forms = waysToWrite(value);
          const form = forms[pick % forms.length] ?? '';
          const cut = pick % (form.length + 1);
          const pieces = [before, { text: form.slice(0, cut), style: how }, { text: form.slice(cut) }, after];
          io.out(pieces);
          io.say(pieces);
          io.configure({ quiet: false, debug: true, color: undefined, noInput: true });
          io.debug(pieces);
          // Inside a document, encodings nest: only the secret itself must be found there.
          io.data(toJson({ [value]: [before + value + after] }));
          const text = stdout.text + stderr.text;
          expect(leaksIn(withoutColours(text), [value])).toEqual([]);
          expect(unsafeIn(text)).toEqual([]);
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it('hides a secret in every format of rows, however the format escapes it', async () => {
    await fc.assert(
      fc.asyncProperty(
        secret,
        noise,
        noise,
        fc.constantFrom(...FORMATS),
        async (value, before, after, format) => {
          const { io, stdout } = recordingIo();
          io.addSecret(value);
          const cell = before + value + after;
          await writeRows(io, format, {
            columns: [
              { key: 'a', title: 'A' },
              { key: 'b', title: 'B' },
            ],
            rows: [{ a: cell, b: [{ text: cell, style: 'muted' }] }],
            json: { rows: [cell], [cell]: 1 },
          });
          expect(leaksIn(stdout.text, [value])).toEqual([]);
          expect(unsafeIn(stdout.text)).toEqual([]);
        },
      ),
      { numRuns: runs(1_000), examples: [[';=0a""A00AA0aAg0', '', '', 'csv']] },
    );
  });

  it('leaves text without a secret unchanged', () => {
    fc.assert(
      fc.property(secret, fc.string({ unit: 'grapheme-ascii' }), (value, text) => {
        fc.pre(leaksIn(text, [value]).length === 0);
        const { io, stdout } = recordingIo();
        io.addSecret(value);
        io.out([text]);
        expect(stdout.text).toBe(`${text}\n`);
      }),
      { numRuns: runs(300) },
    );
  });
});
