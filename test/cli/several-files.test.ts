/** Several teams, one account: several configs on the command line, and conflicts between them reported with their files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsOn, project } from './project.ts';

const url = 'https://automation.example.com/x';
const action = (label: string, more: object = {}) => ({ label, url, ...more });

/** A folder with these files, and a sandbox. */
async function files(contents: Readonly<Record<string, object>>) {
  const made = await project(null);
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(made.folder, name), JSON.stringify(content, null, 2));
  }
  return made;
}

describe('several files', () => {
  it('are planned and applied together, with their bases', async () => {
    const { run, sandbox } = await files({
      'base.json': { account: 'acme', actions: { restart: action('Restart'), page: action('Page') } },
      'a.json': { extends: 'base.json', services: { 'Search API': ['restart'] } },
      'b.json': {
        extends: 'base.json',
        actions: { purge: action('Purge') },
        services: { 'Search API': ['purge'] },
      },
    });
    const both = ['--config', 'a.json', '--config', 'b.json'];
    expect((await run(['sync', '--yes', ...both])).code).toBe(0);
    expect(labelsOn(sandbox, 'PIJ90N7')).toEqual(expect.arrayContaining(['Restart', 'Purge']));
    expect((await run(['plan', '--exit-code', ...both])).code).toBe(0);
    const validated = await run(['validate', ...both]);
    expect(validated.stdout).toBe(
      'a.json\tvalid\t0 actions, 1 service selector\nb.json\tvalid\t1 action, 1 service selector\nbase.json\tvalid\t2 actions, extended by others\n',
    );
    expect(JSON.parse((await run(['validate', '--json', ...both])).stdout)).toMatchObject({
      file: 'a.json',
      actions: 3,
      selectors: 2,
      files: [
        { file: 'a.json', role: 'config', actions: 0, selectors: 1 },
        { file: 'b.json', role: 'config', actions: 1, selectors: 1 },
        { file: 'base.json', role: 'base', actions: 2, selectors: 0 },
      ],
    });
  });

  it('that declare one label on a service are refused, naming both files and lines', async () => {
    const { run } = await files({
      'a.json': { actions: { ours: action('Restart') }, services: { 'Search API': ['ours'] } },
      'b.json': { actions: { theirs: action('Restart') }, services: { 'id:PIJ90N7': ['theirs'] } },
    });
    const { code, stdout } = await run(['plan', '--config', 'a.json', '--config', 'b.json']);
    expect(code).toBe(8);
    expect(stdout).toContain(
      [
        '✗ Search API (PIJ90N7) would have `Restart` twice, from `ours` and `theirs`',
        '    a.json:9 `Search API` lists `ours`',
        '    b.json:9 `id:PIJ90N7` lists `theirs`',
        '    → Give one of them another label, or select only one for this service.',
      ].join('\n'),
    );
  });

  it('that together need a fourth slot are refused, naming both files and lines', async () => {
    const two = (name: string) => ({
      actions: { [`${name}1`]: action(`${name} one`), [`${name}2`]: action(`${name} two`) },
      services: { [name === 'a' ? 'Search*' : 'Search API']: [`${name}1`, `${name}2`] },
    });
    const { run } = await files({ 'a.json': two('a'), 'b.json': two('b') });
    const { code, stdout } = await run(['plan', '--config', 'a.json', '--config', 'b.json', '--prune']);
    expect(code).toBe(8);
    expect(stdout).toContain(
      '✗ Search API (PIJ90N7) would have 4 custom incident actions; a service has 3 slots',
    );
    expect(stdout).toContain('→ Take an action out of `Search*` (a.json:13), `Search API` (b.json:13).');
    const document = JSON.parse((await run(['plan', '--json', '-c', 'a.json', '-c', 'b.json'])).stdout);
    expect(document.refusals[0].asked).toMatchObject([
      { key: 'a1', selector: 'Search*', place: { file: 'a.json', line: 13, column: 5 } },
      { key: 'a2', selector: 'Search*', place: { file: 'a.json', line: 13 } },
      { key: 'b1', selector: 'Search API', place: { file: 'b.json', line: 13 } },
      { key: 'b2', selector: 'Search API', place: { file: 'b.json', line: 13 } },
    ]);
  });

  it('prune only the services of the files that set it', async () => {
    const { run, sandbox } = await files({
      'a.json': { actions: { a: action('A') }, services: { 'web-admin': ['a'] }, prune: true },
      'b.json': { actions: { b: action('B') }, services: { 'Search API': ['b'] } },
    });
    const before = labelsOn(sandbox, 'PIJ90N7');
    const synced = await run(['sync', '--yes', '-c', 'a.json', '-c', 'b.json']);
    expect(synced.code).toBe(0);
    expect(labelsOn(sandbox, 'PIJ90N7')).toEqual([...before, 'B'].sort());
    const admin = sandbox.state().services.find(({ name }) => name === 'web-admin');
    expect(labelsOn(sandbox, admin?.id ?? '')).toEqual(['A']);
  });

  it('report all their problems at once', async () => {
    const { run } = await files({
      'a.json': { actions: {}, servces: {} },
      'b.json': { extends: 'gone.json', services: {} },
    });
    const { code, stderr } = await run(['validate', '-c', 'a.json', '-c', 'b.json']);
    expect(code).toBe(4);
    expect(stderr).toContain('a.json:3:3 servces: unknown key "servces"');
    expect(stderr).toContain('b.json:2:14 extends: gone.json: the file does not exist');
  });
});
