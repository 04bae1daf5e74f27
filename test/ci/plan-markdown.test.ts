import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveAction } from '../../src/core/action.ts';
import type { Change, Plan, ServicePlan } from '../../src/core/plan.ts';
import { RefusedError } from '../../src/errors.ts';
import { LARGEST_PAGE, type PageFacts, renderPage } from '../../src/ui/render/github/plan.ts';
import { CONFIG, project } from '../cli/project.ts';
import { runs } from '../helpers/runs.ts';
import { aliveIn } from './plain-markdown.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const same = (text: string): string => text;

function live(label: string, more: Partial<LiveAction> = {}): LiveAction {
  return {
    id: label,
    label,
    url: label,
    services: [],
    headerNames: [label],
    disabled: true,
    htmlUrl: null,
    ...more,
  };
}

/** A service whose every displayed text is this one. */
function hostile(text: string): ServicePlan {
  const service = { id: text, name: text };
  const after = {
    key: text,
    label: text,
    description: text,
    url: text,
    headers: [{ name: text, value: 'x', source: 'x' }],
    renamedFrom: [],
  };
  const before = live(text);
  const fields = [
    { field: 'label', before: text, after: text },
    { field: 'url', before: text, after: `https://x.example.com/${text}` },
    { field: 'headers', added: [text], removed: [text], kept: [text] },
    { field: 'secrets', names: [text] },
  ] as const;
  const changes: Change[] = [
    { kind: 'update', service, id: text, before, after, fields },
    { kind: 'create', service, after },
    { kind: 'delete', service, id: text, before },
    { kind: 'enable', service, id: text, before },
  ];
  return {
    service,
    changes,
    unchanged: [],
    unmanaged: [before],
    disabled: [live(text, { id: `${text}2` })],
    writeOnly: 1,
    untouchedHeaders: [before],
    twins: [{ id: text, stored: text, label: text }],
    blocked: [{ id: text, why: text, label: text }],
    live: { writable: [before], shared: [] },
    prune: false,
  };
}

function factsOf(plan: Plan, more: Partial<PageFacts> = {}): PageFacts {
  const marker = '<!-- pdactions:plan -->';
  const facts = { plan, account: 'acme', digest: DIGEST, verdicts: [] };
  return { command: 'plan', marker, simulated: false, plan: facts, ...more };
}

/** Everything at once: changes, unmanaged actions, refusals, outcomes, duplicates, an error. */
function everything(text: string): PageFacts {
  const service = hostile(text);
  const quiet = { ...service, changes: [] };
  const ref = service.service;
  const slots = [{ label: text, holder: 'new', disabled: true, id: text }] as const;
  const refusals = [
    { code: 'over-limit', service: ref, slots, selectors: [text], pruneHelps: true },
    { code: 'duplicate-label', service: ref, label: text, ids: [text] },
    { code: 'ambiguous-rename', service: ref, label: text, candidates: [{ id: text, label: text }] },
    { code: 'same-label-twice', service: ref, label: text, keys: [text] },
    { code: 'look-alike', service: ref, label: text, key: text, id: text, stored: text },
    {
      code: 'unfit',
      service: ref,
      label: text,
      key: text,
      field: 'url',
      why: text,
      fix: text,
      place: { file: text, line: 1, column: 1 },
    },
  ] as const;
  const error = new RefusedError(text, { details: [text], hint: text, reason: 'conflict' });
  const torn = { service: ref, ids: [text], made: [text], withdrawn: [text], left: [text] };
  const outcomes = service.changes.map((change) => ({ change, status: 'failed', error }) as const);
  return {
    ...factsOf({ services: [service, quiet], refusals }),
    report: { outcomes, duplicates: [{ ...torn, label: text }], overfull: [torn], unchecked: true },
    error,
    code: 8,
  };
}

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

  it.each([LARGEST_PAGE, 5_000, 2_000])('has at most %i bytes, and counts what is left out', (limit) => {
    const services = Array.from({ length: 3000 }, (_, index) => hostile(`service ${index}`));
    const page = renderPage(factsOf({ services, refusals: [] }), same, limit);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(limit);
    const shown = page.match(/<details>/g)?.length ?? 0;
    const left = 3000 - shown;
    expect(page).toContain(
      `Left out here: ${left} more services with ${4 * left} changes (${left} to update, ${left} to create, ${left} to delete, ${left} to enable).`,
    );
    expect(page.match(/<details/g)?.length ?? 0).toBe(page.match(/<\/details>/g)?.length ?? 0);
    expect(page).toContain(`Digest: \`${DIGEST}\``);
  });

  it('cuts a single text of up to 2 MB, and finds a secret split by the cut', () => {
    const text = `${'x'.repeat(990)}the-secret-of-this-run${'\u{1f600}'.repeat(runs(500_000))}`;
    const redact = (value: string): string => value.replaceAll('the-secret-of-this-run', '[redacted]');
    const page = renderPage(everything(text), redact);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(LARGEST_PAGE);
    expect([page.includes('the-secret'), page.includes('more characters)')]).toEqual([false, true]);
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
