import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkHeader,
  checkHeaderName,
  checkHeaderValue,
  looksSecret,
} from '../../src/config/check/header.ts';
import { anyCharacter } from '../helpers/characters.ts';
import { runs } from '../helpers/runs.ts';
import { CANARY, load, problemsOf, withAction } from './world.ts';

describe('checkHeaderName', () => {
  it.each(['x y', 'x:', '', 'tökén', 'x\r\ny', 'x\u0000', 'x'.repeat(300), '(x)', 'a,b'])(
    'T04 refuses %j',
    (name) => {
      expect(checkHeaderName(name).ok).toBe(false);
    },
  );

  it.each([
    'Connection',
    'keep-alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'upgrade',
    'Proxy-Authorization',
    'proxy-anything',
    'Host',
    'CONTENT-LENGTH',
    'Content-Type',
  ])('T05 refuses %s, which belongs to the connection', (name) => {
    expect(checkHeaderName(name)).toMatchObject({ ok: false, message: expect.stringContaining(name) });
  });

  it.each(['Authorization', 'X-Api-Key', "x!#$%&'*+.^_`|~0"])('takes %s', (name) => {
    expect(checkHeaderName(name).ok).toBe(true);
  });

  it('takes a name of 128 characters, and refuses a longer one', () => {
    expect([checkHeaderName('x'.repeat(128)).ok, checkHeaderName('x'.repeat(129)).ok]).toEqual([true, false]);
  });

  it('T04 agrees with Node on valid names', () => {
    const short = fc.string({ unit: anyCharacter, maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(short, fc.stringMatching(/^[!-~]{1,12}$/)), (name) => {
        fc.pre(!/^proxy-|^te$|^host$/i.test(name));
        expect(checkHeaderName(name).ok).toBe(accepts(() => validateHeaderName(name)));
      }),
      { numRuns: runs(2_000) },
    );
  });
});

const BAD_VALUES: readonly (readonly [name: string, value: string])[] = [
  ['CR LF', `a\r\nX-Evil: ${CANARY}`],
  ['LF', `${CANARY}\n`],
  ['CR', `${CANARY}\rb`],
  ['NUL', `${CANARY}\u0000`],
  ['obs-fold', `${CANARY}\r\n b`],
  ['€', `${CANARY}€`],
  ['DEL', `${CANARY}\u007f`],
  ['é', `${CANARY}é`],
  ['a space in front', ` ${CANARY}`],
];

describe('checkHeaderValue', () => {
  it.each(BAD_VALUES)('T03 refuses %s and does not repeat the value', (_name, value) => {
    const check = checkHeader('X-Key', value);
    expect(check.ok).toBe(false);
    expect(JSON.stringify(check)).not.toContain(CANARY);
  });

  it.each(BAD_VALUES)(
    'T03 names the header, not the value, for %s from the environment',
    async (_name, value) => {
      const result = await load(withAction({ headers: { 'X-Key': '${KEY}' } }), { env: { KEY: value } });
      expect(problemsOf(result)).toEqual([
        expect.stringMatching(/^1:\d+ actions\.a\.headers\.X-Key: .*\(after expanding \$\{KEY\}\)$/),
      ]);
      expect(JSON.stringify(result)).not.toContain(CANARY);
    },
  );

  it('T03 accepts nothing that Node would refuse', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (value) => {
        if (checkHeaderValue(value).ok) expect(accepts(() => validateHeaderValue('x', value))).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it.each(['--redacted--', '-- redacted --', 'redacted', 'REDACTED'])(
    'refuses %j, which stands for a hidden value',
    (value) => {
      expect(checkHeaderValue(value)).toMatchObject({
        ok: false,
        message: expect.stringContaining('not the value itself'),
      });
    },
  );

  it('takes a value of 8,192 characters, and refuses a longer one', () => {
    const longest = 'x'.repeat(8192);
    expect([checkHeaderValue(longest).ok, checkHeaderValue(`${longest}x`).ok]).toEqual([true, false]);
  });

  it('refuses an empty value unless it is allowed', () => {
    expect(checkHeaderValue('').ok).toBe(false);
    expect(checkHeaderValue('', { allowEmpty: true }).ok).toBe(true);
  });

  it('knows headers that carry credentials', () => {
    expect(['Authorization', 'X-API-Key', 'X-Auth', 'Cookie', 'X-Signature'].every(looksSecret)).toBe(true);
    expect(['X-Environment', 'X-Team'].some(looksSecret)).toBe(false);
  });
});

describe('headers that differ by case only', () => {
  it('T06 refuses them, naming both places', async () => {
    const text = `{
  "actions": {
    "a": { "label": "A", "url": "https://hooks.example.com/a", "headers": {
      "X-Team": "one",
      "x-team": "two"
    } }
  },
  "services": { "Checkout API": ["a"] }
}`;
    expect(problemsOf(await load(text))).toEqual([
      '5:7 actions.a.headers.x-team: this header is already set, as X-Team, at line 4, column 7',
    ]);
  });

  it('T06 refuses an equal name as a repeated key', async () => {
    const text = withAction({ headers: { A: '1', B: '2' } }).replace('"B"', '"A"');
    expect(problemsOf(await load(text))).toEqual([
      expect.stringMatching(/the key "A" is already defined at line 1, column \d+$/),
    ]);
  });
});

function accepts(call: () => void): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}
