import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/compiled-early.mjs');
const { compiledEarly } = (await import(SCRIPT)) as { compiledEarly: (code: string) => string };

/** The value of an expression after some statements ran, unchanged and rewritten. */
function bothWays(statements: string, expression: string): readonly unknown[] {
  const code = `(function () { ${statements}\nreturn ${expression}; })()`;
  return [code, compiledEarly(code)].map((text) => new Script(text).runInNewContext());
}

describe('code that is compiled with its file', () => {
  it.each([
    ['is called before its place', 'const early = late(); function late() { return 1; }', 'early'],
    ['keeps its name', 'function named() {}', 'named.name'],
    ['keeps its parameters', 'function counted(a, b) {}', 'counted.length'],
    ['may overwrite itself', 'function self() { self = () => 2; return 1; }', '[self(), self()].join()'],
    ['may be a constructor', 'function Made() { this.made = 1; }', 'new Made().made'],
    [
      'has its own block',
      'const outer = []; { function in1() { return 1; } outer.push(in1()); }',
      'outer[0]',
    ],
    [
      'may bear the name of a parameter',
      'const f = (x) => { return x(); function x() { return 3; } };',
      'f(1)',
    ],
    ['the last of two counts', 'function twice() { return 1; } function twice() { return 2; }', 'twice()'],
    ['stands inside another', 'function a() { return b(); function b() { return () => 4; } }', 'a()()'],
    ['is a generator', 'function* numbers() { yield 1; yield 2; }', '[...numbers()].join()'],
    ['is a method', 'const o = { m() { return 5; }, get g() { return 6; } };', '[o.m(), o.g].join()'],
    ['is in a method', 'class A { m() { return inner(); function inner() { return 7; } } }', 'new A().m()'],
    ['is a default', 'const f = (a = () => 8) => a();', 'f()'],
  ])('a function %s', (_, statements, expression) => {
    const [plain, early] = bothWays(statements, expression);
    expect(plain).toBeDefined();
    expect(early).toBe(plain);
  });

  it('keeps a directive first', () => {
    const early = compiledEarly('"use strict"; f(); function f() { return typeof this; }');
    expect(early).toMatch(/^"use strict"; ?var f=/);
  });

  it('is compiled with its file, which a function that is left as it was is not', () => {
    const size = (code: string): number => new Script(code).createCachedData().length;
    const code = 'function f() { return [1, 2, 3].map((n) => n * 2).join("-") + "a text of some length"; }';
    expect(size(compiledEarly(code))).toBeGreaterThan(size(code));
  });
});
