import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/core/plan.ts';
import { renderPage } from '../../src/ui/render/github/plan.ts';
import { CONFIG, project } from '../cli/project.ts';
import { runs } from '../helpers/runs.ts';
import { everything, factsOf, hostile, live, same } from './page-world.ts';
import { aliveIn } from './plain-markdown.ts';

describe('a page', () => {
  it('lists what needs attention before successes', () => {
    const [good, bad] = ['well', 'badly'].map((label) => {
      const change: Change = {
        kind: 'delete',
        service: { id: 'P1', name: 'S' },
        id: label,
        before: live(label),
      };
      return change;
    }) as [Change, Change];
    const outcomes = [
      { change: good, status: 'applied', id: 'well' },
      { change: bad, status: 'failed' },
    ] as const;
    const report = { outcomes, duplicates: [], overfull: [], unchecked: false };
    const page = renderPage(factsOf({ services: [], refusals: [] }, { report }), same);
    expect(page.match(/(?:deleted|delete failed) \S+/g)).toEqual(['delete failed badly', 'deleted well']);
  });

  it.each([
    '`x` ``y`` ```z```',
    '``````````',
    `${'`'.repeat(90)}@acme/admins ![](https://evil.example)`,
    '` <img src=x>',
    '`',
    '<img src=x onerror=alert(1)>',
    '![](http://evil.example/?x)',
    '[click](javascript:alert(1))',
    'https://evil.example',
    '@acme/admins',
    '#123 acme/other#1 GH-1',
    'a|b|c',
    '</code></summary></details><h1>',
    '-->',
    '\n\n# Title\n\n- [ ] task',
    '\r\n```\n@team',
    '&lt;img&gt; &#60;',
    '\u202ereversed\u2066',
    ':tada: **bold** ~~gone~~',
    ' ',
    '',
    '\\`',
    '\\',
  ])('T32: no markup in %j takes effect', (text) => {
    const page = renderPage(everything(text), same);
    const alive = aliveIn(page);
    // Our own words are the same for every text.
    const ours = aliveIn(renderPage(everything('harmless'), same));
    expect(alive.replaceAll('(empty)', '')).toBe(ours);
  });

  it('T32: the same for any text', () => {
    const ours = aliveIn(renderPage(everything('harmless'), same));
    const nasty = fc.string({
      unit: fc.constantFrom(
        '`',
        '``',
        '<',
        '>',
        '!',
        '[',
        ']',
        '(',
        '@a',
        '#1',
        '|',
        '\n',
        '\\',
        '&',
        '-',
        ' ',
        'x',
        '"',
        "'",
      ),
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        nasty.filter((text) => text.trim() !== ''),
        (text) => {
          expect(aliveIn(renderPage(everything(text), same))).toBe(ours);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it('groups the changes by definition, and folds the services away', () => {
    const page = (count: number): string =>
      renderPage(factsOf({ services: Array(count).fill(hostile('x')), refusals: [] }), same);
    expect(page(6).match(/^[~+↻-] .* on /gm)).toHaveLength(4);
    expect(page(6).match(/<details>/g)).toHaveLength(6);
  });

  it('omits details before obstacles to the plan', () => {
    const page = renderPage(everything('x'.repeat(900)), same, 12_000);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(12_000);
    const has = (text: string): boolean => page.includes(text);
    expect([has('failed (exit code 8)'), has('✗ '), has('1 more service with 4 changes')]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('--format markdown', () => {
  it('shows the plan', async () => {
    const { run } = await project({
      ...CONFIG,
      services: { ...CONFIG.services, 'web-admin': { actions: ['add-diagnostics'], prune: true } },
    });
    const { code, stdout } = await run(['plan', '--format', 'markdown', '--rotate-secrets']);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  it('shows the description of what is created or updated', async () => {
    const described = { ...CONFIG.actions['restart-server'], description: 'Restarts *one* host' };
    const { run } = await project({
      ...CONFIG,
      actions: { ...CONFIG.actions, 'restart-server': described },
    });
    const created = await run(['plan', '--format', 'markdown']);
    expect(created.stdout).toContain('- **create** `Restart Server`\n  - `Restarts *one* host`\n');
    await run(['sync', '--yes']);
    const updated = await run(['plan', '--format', 'markdown', '--rotate-secrets']);
    expect(updated.stdout).toMatch(
      /- \*\*update\*\* `Restart Server` `\w+`\n {2}- `Restarts \*one\* host`\n/,
    );
  });

  it('shows a refusal, and unmanaged actions', async () => {
    const { run } = await project({
      ...CONFIG,
      actions: { ...CONFIG.actions, third: { label: 'Third', url: 'https://automation.example.com/3' } },
      services: {
        'web-*': ['restart-server', 'add-diagnostics', 'third'],
        'id:PIJ90N7': ['add-diagnostics'],
      },
    });
    const { code, stdout } = await run(['sync', '--yes', '--format', 'markdown']);
    expect(code).toBe(8);
    expect(stdout).toMatchSnapshot();
  });

  it('shows the outcomes', async () => {
    const { run } = await project();
    const { code, stdout } = await run(['sync', '--yes', '--format', 'markdown']);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    const again = await run(['sync', '--format', 'markdown']);
    expect(again.stdout).toContain('### pdactions sync: no changes');
  });

  it('is refused for commands without such a page', async () => {
    const { run } = await project();
    const { code, stderr } = await run(['update', 'PVENDOR', '--label', 'x', '--format', 'markdown']);
    expect(code).toBe(3);
    expect(stderr).toContain('this command does not support markdown output');
    expect((await run(['plan', '--format', 'csv'])).stderr).toContain('json, markdown or yaml');
  });
});
