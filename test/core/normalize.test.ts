import { describe, expect, it } from 'vitest';
import { type Declaration, desiredServices, type SelectionSpec } from '../../src/core/normalize.ts';
import { matchSelectors, parseSelector, type Selector } from '../../src/core/selector.ts';
import { service, spec } from '../helpers/actions.ts';

const services = [service('web-b'), service('web-a'), service('Checkout API')];
const actions = new Map(['C', 'B', 'A'].map((label) => [label.toLowerCase(), spec(label)]));

function select(text: string, actionKeys: readonly string[], prune?: boolean): SelectionSpec {
  return { selector: parseSelector(text) as Selector, actionKeys, prune };
}

function resolve(selections: readonly SelectionSpec[], prune = false, only?: ReadonlySet<string>) {
  const declaration: Declaration = { actions, selections, prune };
  const matches = matchSelectors(
    selections.map(({ selector }) => selector),
    services,
    [],
  );
  return desiredServices(declaration, matches, only);
}

it('takes the union over all selectors, sorted, each action once', () => {
  const found = resolve([
    select('web-*', ['c', 'a']),
    select('web-a', ['b', 'a']),
    select('Checkout API', []),
  ]);
  expect(found.map((entry) => [entry.service.name, entry.actions.map(({ label }) => label)])).toEqual([
    ['Checkout API', []],
    ['web-a', ['A', 'B', 'C']],
    ['web-b', ['A', 'C']],
  ]);
  expect(found[1]?.askedBy.get('a')).toEqual(['web-*', 'web-a']);
});

it('can be limited to some services', () => {
  expect(resolve([select('web-*', ['a'])], false, new Set(['WEBB']))).toHaveLength(1);
});

describe('prune, where several selectors match one service', () => {
  it.each([
    ['the file decides if no entry does', [undefined, undefined], true, true],
    ['one entry that prunes is enough', [undefined, true], false, true],
    ['an entry that forbids it wins', [true, false], true, false],
  ])('%s', (_title, [first, second], file, expected) => {
    const [found] = resolve([select('web-a', ['a'], first), select('web-a', ['b'], second)], file);
    expect(found?.prune).toBe(expected);
  });
});

describe('prune, where several files select one service', () => {
  const of = (file: string, filePrune?: boolean, prune?: boolean): SelectionSpec => ({
    ...select('web-a', ['a'], prune),
    filePrune,
    place: { file, line: 1, column: 1 },
  });
  it.each([
    ['set nowhere', [of('a'), of('b')], false],
    ['on in one file, not mentioned in the other', [of('a', true), of('b')], true],
    ['on in one file, off in the other', [of('a', true), of('b', false)], false],
    ['an entry takes precedence over its own file', [of('a', false, true), of('b')], true],
    ['an entry takes no precedence over another file', [of('a', true, true), of('b', false)], false],
    ['off in one entry of a file', [of('a', true), of('a', true, false), of('b', true)], false],
    ['on in one entry of a file', [of('a', undefined, true), of('a')], true],
  ])('%s', (_title, selections, expected) => {
    expect(resolve(selections)[0]?.prune).toBe(expected);
  });

  it('`--prune` replaces the settings of files, not those of an entry', () => {
    expect(resolve([of('a', false), of('b')], true)[0]?.prune).toBe(true);
    expect(resolve([of('a', false, false), of('b')], true)[0]?.prune).toBe(false);
  });
});

it('T56: merges equal selections once, however many services they match', () => {
  let reads = 0;
  const selections = Array.from({ length: 30 }, (_, index): SelectionSpec => {
    const { actionKeys, ...rest } = select(`*${'*'.repeat(index)}`, ['a', 'b']);
    return Object.defineProperty({ ...rest, actionKeys }, 'actionKeys', {
      get() {
        reads += 1;
        return actionKeys;
      },
    });
  });
  const many = Array.from({ length: 200 }, (_, index) => service(`service-${index}`));
  const matches = selections.map(({ selector }) => ({ selector, services: many }));
  const found = desiredServices({ actions, selections, prune: false }, matches);
  expect(found).toHaveLength(200);
  expect(found.every(({ askedBy }) => askedBy.get('a')?.length === 30)).toBe(true);
  expect(reads).toBe(30);
});
