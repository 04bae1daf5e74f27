import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/compiled-early.mjs');
const { compiledEarly } = (await import(SCRIPT)) as {
  compiledEarly: (code: string, isCalled?: (name: string) => boolean) => string;
};

/** The value of an expression after some statements ran, unchanged and rewritten. */
function bothWays(statements: string, expression: string): readonly unknown[] {
  const code = `(function () { ${statements}\nreturn ${expression}; })()`;
  return [code, compiledEarly(code)].map((text) => new Script(text).runInNewContext());
}

function expectSame(_name: string, statements: string, expression: string): void {
  const [plain, early] = bothWays(statements, expression);
  expect(plain).toBeDefined();
  expect(early).toBe(plain);
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
  ])('a function %s', expectSame);

  it.each([
    [
      'has a block',
      '(a, b) => { const sum = a + b; return [sum, sum * 2, sum * 3, sum * 4].join(); }',
      [1, 2],
    ],
    ['has an expression', "(a) => [a, a * 2, a * 3, a * 4, a * 5, a * 6, a * 7, a * 8].join('-')", [1]],
    [
      'makes an object',
      '(first, second) => ({ first, second, third: first + second, fourth: "a text" })',
      [1, 2],
    ],
    [
      'makes a sequence',
      '(a) => (a.push("one"), a.push("two"), a.push("three"), a.push("four"), a.join())',
      [[]],
    ],
    [
      'has patterns and defaults',
      '({ a, b: [c] }, d = () => a + c, ...rest) => [a, c, d(), rest.length, "text"].join()',
      [{ a: 1, b: [2] }],
    ],
    [
      'makes functions',
      '(a) => (b) => (c) => [a, b, c].map((each) => each * 2).filter((each) => each > 2).join()',
      [1],
    ],
    [
      'makes classes',
      '(a) => { class A { x = this; m() { return new.target ?? this.n(arguments.length); } n(b) { return a + b; } } return new A().m(1); }',
      [1],
    ],
    [
      'declares functions',
      '(a) => { return twice(a) + twice(a); function twice(x) { return x * 2 + "a text".length; } }',
      [1],
    ],
    [
      'has another scope',
      '(a) => { const all = [a, a]; { function inner() { return all.length; } return inner() + a; } }',
      [1],
    ],
  ])('an arrow function that %s becomes a function', (_, arrow, args) => {
    const early = compiledEarly(`const f = ${arrow};`);
    expect(early).toMatch(/(?:^|;)const f = \(function/);
    const [plain, rewritten] = bothWays(
      `const f = ${arrow}; let result = f(...${JSON.stringify(args)});
      while (typeof result === 'function') result = result(3);`,
      'JSON.stringify([result, f.name, f.length])',
    );
    expect(rewritten).toBe(plain);
  });

  const PRIVATE = 'class A { #x = 1; #y() { return this.#x; } m() { return this.#y() + 1; } }';
  it.each([
    ['of a class', 'class A { m(a, b) { return this.x + a; } x = 1; }', 'new A().m(2)'],
    ['with a name', 'class A { m(a, b) {} }', '[A.prototype.m.name, A.prototype.m.length].join()'],
    [
      'that no loop over the keys finds',
      'class A { m() {} n = 1; }',
      '[...Object.keys(new A()), ...Object.keys(A.prototype)].join()',
    ],
    [
      'that can be replaced',
      'class A { m() {} }',
      'JSON.stringify(Object.getOwnPropertyDescriptor(A.prototype, "m"))',
    ],
    ['of the class itself', 'class A { static m() { return this === A; } static x = A.m(); }', 'A.x'],
    ['that is a generator', 'class A { *m() { yield 1; yield 2; } }', '[...new A().m()].join()'],
    [
      'that is inherited',
      'class A { m() { return 1; } } class B extends A { n() { return this.m(); } }',
      'new B().n()',
    ],
    [
      'that calls the inherited one',
      'class A { m() { return 1; } } class B extends A { m() { return super.m() + 1; } }',
      'new B().m()',
    ],
    ['with private fields', PRIVATE, 'new A().m()'],
    [
      'beside a getter and a constructor',
      'class A { constructor() { this.a = 1; } get g() { return this.m(); } m() { return this.a; } }',
      'new A().g',
    ],
    [
      'of a class in a class',
      'class A { m() { class B { n() { return 1; } } return new B().n(); } }',
      'new A().m()',
    ],
    [
      'of an object',
      'const o = { x: 1, m(a) { return this.x + a; } };',
      '[o.m(2), o.m.name, Object.keys(o)].join()',
    ],
    ['of an object, a generator', 'const o = { *m() { yield 3; } };', '[...o.m()].join()'],
    ['of an object, with super', 'const o = { toString() { return "o" + super.toString(); } };', 'String(o)'],
    [
      'with a dangerous name',
      'const o = { __proto__() { return 1; } };',
      '[Object.keys(o), o.__proto__()].join()',
    ],
    [
      'with a computed name',
      'const o = { ["m" + 1]() { return 1; } }; class A { ["n"]() { return 2; } }',
      'o.m1() + new A().n()',
    ],
  ])('a method %s', expectSame);

  it('an asynchronous method stays asynchronous', async () => {
    const code = 'class A { async m(a) { return (await a) * 2; } async *n() { yield 3; } }; new A()';
    const early = compiledEarly(code);
    expect(early).toMatch(/async function\(a\).*async function\*/s);
    const made = new Script(early).runInNewContext();
    expect(await made.m(2)).toBe(4);
    expect((await made.n().next()).value).toBe(3);
  });

  it.each([
    ['function cold() { return () => 1; } function hot() {}', 'function cold() { return () => 1; }'],
    ['const cold = (a) => { return [a, a, a, a, a, a, a, a, a, a, a, a, a].join(); }', 'const cold = (a) =>'],
    ['class A { cold() { return 1; } }', 'class A { cold() { return 1; } }'],
    ['const o = { cold() { return 1; } };', 'const o = { cold() { return 1; } };'],
    ['function cold$1() {}', 'function cold$1() {}'],
  ])('leaves a function as it is that is never called: %s', (code, kept) => {
    expect(compiledEarly(code, (name) => name !== 'cold')).toContain(kept);
    expect(compiledEarly(code)).not.toContain(kept);
  });

  it('an asynchronous arrow function stays asynchronous', async () => {
    const arrow = 'async (a) => { const waited = await a; return [waited, waited * 2, waited * 3].join(); }';
    const early = compiledEarly(`const f = ${arrow}; f(2)`);
    expect(early).toMatch(/^const f = \(async function/);
    expect(await new Script(early).runInNewContext()).toBe('2,4,6');
  });

  it.each([
    [
      'this',
      'function Made() { this.made = 1; this.get = () => [this.made, "a text of some length", "and another"].join(); }',
      'new Made().get()',
    ],
    [
      'arguments',
      'function f() { return (() => [...arguments].map((each) => each * 2).filter(Boolean).join("-"))(); }',
      'f(1, 2)',
    ],
    [
      'new.target',
      'function Made() { this.get = () => (new.target === Made ? "a text of some length" : "another text"); }',
      'new Made().get()',
    ],
    [
      'super',
      'class A { m() { return 1; } } class B extends A { m() { return (() => super.m() + "a text of some length".length)(); } }',
      'new B().m()',
    ],
  ])('an arrow function that uses %s stays one', expectSame);

  it('keeps a directive first', () => {
    const early = compiledEarly('"use strict"; f(); function f() { return typeof this; }');
    expect(early).toMatch(/^"use strict"; ?var f=/);
  });

  const BODY = '{ return [1, 2, 3].map((n) => n * 2).join("-") + "a text of some length"; }';
  it.each([`function f() ${BODY}`, `class A { f() ${BODY} }`, `const o = { f() ${BODY} };`])(
    'is compiled with its file, which a function that is left as it was is not: %s',
    (code) => {
      const compiled = (text: string): number =>
        new Script(text).createCachedData().toString('latin1').split('a text of some length').length - 1;
      expect(compiled(code)).toBe(0);
      expect(compiled(compiledEarly(code))).toBe(1);
    },
  );
});
