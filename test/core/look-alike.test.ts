import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksAlike } from '../../src/core/same/look-alike.ts';

describe('a stored label that may be the declared one', () => {
  it.each([
    ['the same', 'Restart Server', 'Restart Server'],
    ['a blank at the end', 'Restart Server', 'Restart Server '],
    ['a no-break space', 'Restart Server', 'Restart\u00a0Server'],
    ['collapsed blanks', 'Restart  Server', 'Restart Server'],
    ['a tab', 'Restart Server', 'Restart\tServer'],
    ['other case', 'Restart Server', 'restart SERVER'],
    ['first letter raised', 'restart server', 'Restart server'],
    ['sharp s in upper case', 'Straße sperren', 'STRASSE SPERREN'],
    ['final sigma', 'ΟΔΟΣ', 'οδος'],
    ['NFD', 'Café zurücksetzen', 'Café zurücksetzen'.normalize('NFD')],
    ['full-width letters', 'Restart', 'Ｒｅｓｔａｒｔ'],
    ['a zero-width space', 'Restart Server', 'Restart\u200b Server'],
    ['a soft hyphen', 'Restart Server', 'Restart Ser\u00adver'],
    ['an entity', 'Drain & Restart', 'Drain &amp; Restart'],
    ['an entity escaped twice', 'Drain & Restart', 'Drain &amp;amp; Restart'],
    ['numeric entities', `Ops' "red" <button>`, 'Ops&#39; &quot;red&#x22; &lt;button&gt;'],
    ['entities lost', 'Drain &amp; Restart', 'Drain & Restart'],
    ['a dropped pictograph', '🚀 Deploy', 'Deploy'],
    ['a pictograph of several parts, dropped', 'Call 👩🏽‍🚒 team', 'Call team'],
    ['a flag, dropped', 'Failover 🇩🇪', 'Failover'],
    ['a pictograph as question marks', 'Deploy 🚀', 'Deploy ????'],
    ['a pictograph as a replacement character', 'Deploy 🚀', 'Deploy \ufffd'],
    ['a lost emoji presentation', 'Stop ⚠️', 'Stop ⚠'],
    ['cut after 20', 'Restart the application server', 'Restart the applicat'],
    ['cut at a blank', 'Restart the whole app server', 'Restart the whole app '],
    ['cut with an ellipsis', 'Restart the application server', 'Restart the application…'],
    ['cut within a character', 'Server neu starten, später ü', 'Server neu starten, sp\ufffd'],
    ['cut after a dropped pictograph', '🚀 Restart the application server', 'Restart the application'],
  ])('%s', (_, wanted, stored) => {
    expect(looksAlike(wanted, stored)).toBe(true);
  });

  it.each([
    ['another word', 'Restart Server', 'Restart Servers'],
    ['a missing word', 'Restart Server', 'Restart'],
    ['cut after 19', 'Restart the application server', 'Restart the applica'],
    ['longer than the wanted one', 'Restart the application', 'Restart the application server'],
    ['no blank at all', 'Restart Server', 'RestartServer'],
    ['another accent', 'Cafe', 'Café'],
    ['another pictograph', 'Deploy 🚀', 'Deploy 🔥'],
    ['pictographs alone', '🚀', '🔥'],
    ['pictographs alone, and nothing', '🚀', ''],
    ['an added pictograph', 'Deploy', 'Deploy 🚀'],
    ['a literal question mark', 'Deploy', 'Deploy?'],
    ['an invalid entity', 'Drain &unknown; Restart', 'Drain unknown Restart'],
    ['an invalid code point', 'A &#x110000; B', 'A B'],
  ])('not: %s', (_, wanted, stored) => {
    expect(looksAlike(wanted, stored)).toBe(false);
  });

  it('includes every label itself, and is symmetric for two uncut ones without pictographs', () => {
    const label = fc.string({ unit: 'grapheme', maxLength: 19 });
    fc.assert(
      fc.property(label, label, (a, b) => {
        expect(looksAlike(a, a)).toBe(true);
        if (/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{RI}|\u20e3/u.test(a + b)) return;
        expect(looksAlike(a, b)).toBe(looksAlike(b, a));
      }),
    );
  });
});
