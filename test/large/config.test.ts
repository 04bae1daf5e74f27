/** Files of the maximum size, full of problems or over a limit (T13). Small ones are in test/config. */
import { describe, expect, it } from 'vitest';
import { withoutCuts } from '../../src/cut.ts';
import { load, loadYaml, problemsOf, withAction } from '../config/world.ts';

describe('T13 a file full of problems', () => {
  it.each([
    ['YAML of quotes', 'pdactions.config.yaml', '"'.repeat(400_000), 1],
    ['JSON of equal keys', 'pdactions.config.json', `{${'"a":1,'.repeat(150_000)}"a":1}`, 150_000],
  ])('%s is refused like any other', async (_name, name, text, count) => {
    const result = await load(text, {}, name);
    expect(problemsOf(result).length).toBeGreaterThanOrEqual(count);
  });

  it('one value with 200,000 references is refused like any other', async () => {
    const result = await load(withAction({ headers: { 'X-A': '${A}'.repeat(200_000) } }));
    expect(problemsOf(result)).toEqual([expect.stringContaining('the environment variable A is not set')]);
  });

  it.each([',', '{}', 'a,', '! '])('YAML of %j alone has too many parts', async (part) => {
    const result = await loadYaml(`[${part.repeat(900_000 / part.length)}`);
    expect(problemsOf(result)).toEqual([expect.stringMatching(/far more entries|64 levels/)]);
  });

  it('YAML with 1,000 actions on 3,000 services has not', async () => {
    const actions = Array.from(
      { length: 1_000 },
      (_, at) =>
        `  a${at}:\n    label: Action ${at}\n    url: https://h.example.com/${at}\n    headers:\n      X-A: ${at}x\n`,
    );
    const services = Array.from({ length: 3_000 }, (_, at) => `  Service ${at}: [a${at % 1_000}]\n`);
    const result = await loadYaml(`actions:\n${actions.join('')}services:\n${services.join('')}`);
    expect(problemsOf(result)).toEqual([]);
  });
});

describe('T13 a file with far too much of one thing', () => {
  it.each([
    ['10,000 actions', manyActions(10_000), /more than 1000 actions/],
    ['100,000 unknown actions', manyReferences(100_000), /more than three actions/],
  ])('%s is answered', async (_name, text, message) => {
    const problems = problemsOf(await load(text));
    expect(problems[0]).toMatch(message);
    expect(withoutCuts(JSON.stringify(problems.slice(0, 5))).length).toBeLessThan(2_000);
  });
});

function manyActions(count: number): string {
  const actions = Array.from({ length: count }, (_, index) => [
    `a${index}`,
    { label: `L${index}`, url: 'https://h.example.com/' },
  ]);
  return JSON.stringify({ actions: Object.fromEntries(actions), services: {} });
}

function manyReferences(count: number): string {
  const references = Array.from({ length: count }, (_, index) => `a${index}`);
  return manyActions(900).replace('"services":{}', `"services":{"A":${JSON.stringify(references)}}`);
}
