/** Changed secrets detected without state: from the config to PagerDuty and back, as an operator sees it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { CANARY, type Project, project } from './project.ts';

const KEY = 'canary-of-the-fingerprints-key-0123456789';
const PREFIX = 'X-Pdactions-Fingerprint-';

const config = (more: object = {}, action: object = {}) => ({
  actions: {
    restart: {
      label: 'Restart',
      url: 'https://automation.example.com/restart',
      headers: { Authorization: 'Bearer ${AUTOMATION_TOKEN}', 'X-Team': '${TEAM_KEY}' },
      ...action,
    },
    page: { label: 'Page', url: 'https://automation.example.com/page' },
  },
  services: { 'Search API': ['restart', 'page'], 'web-frontend': ['restart'] },
  ...more,
});

interface Lab extends Project {
  with(env?: Readonly<Record<string, string>>): (...argv: readonly string[]) => ReturnType<Project['run']>;
  /** The stored headers of the action on both services. */
  stored(): readonly { readonly name: string; readonly value: string }[][];
  prints(): readonly (readonly string[])[];
}

async function lab(
  content: object = config({ fingerprint: true }),
  options: SandboxOptions = {},
): Promise<Lab> {
  const made = await project(content, options);
  const stored = () =>
    made.sandbox
      .state()
      .extensions.filter(({ name }) => ['Restart', 'Bounce'].includes(name))
      .map(({ headers }) => [...(headers ?? [])]);
  return {
    ...made,
    stored,
    prints: () =>
      stored().map((headers) => headers.map(({ name }) => name).filter((name) => name.startsWith(PREFIX))),
    with:
      (env = {}) =>
      async (...argv) => {
        const result = await made.run(argv, {
          env: { TEAM_KEY: 'canary-team-one', PDACTIONS_FINGERPRINT_KEY: KEY, ...env },
        });
        for (const secret of ['canary-team', KEY]) {
          if ((result.stdout + result.stderr).includes(secret)) throw new Error('a secret was shown');
        }
        return result;
      },
  };
}

const SYNC = ['sync', '--yes'] as const;
const IN_SYNC = ['plan', '--exit-code'] as const;

describe('with fingerprints', () => {
  it('a changed secret is an update of exactly its actions, and then no change', async () => {
    const { with: using, prints, stored, sandbox } = await lab();
    const first = using();
    expect((await first(...SYNC)).code).toBe(0);
    expect((await first(...IN_SYNC)).code).toBe(0);
    const before = prints();
    expect(before.map(({ length }) => length)).toEqual([1, 1]);
    expect(before[0]).not.toEqual(before[1]);
    expect(JSON.stringify(before)).not.toContain('canary');

    const second = using({ TEAM_KEY: 'canary-team-two' });
    const plan = await second(...IN_SYNC);
    expect(plan.code).toBe(2);
    expect(plan.stdout).toContain('secrets changed; Authorization, X-Team sent again (write-only)');
    expect(plan.stdout).toContain('Plan: 2 to update');
    const document = JSON.parse((await second('plan', '--json')).stdout);
    expect(document.changes.map(({ kind, fields }: Record<string, unknown>) => [kind, fields])).toEqual(
      Array(2).fill(['update', [{ field: 'secrets', names: ['Authorization', 'X-Team'], changed: true }]]),
    );
    expect((await second(...SYNC)).code).toBe(0);
    expect((await second(...IN_SYNC)).code).toBe(0);
    expect(
      stored()
        .flat()
        .filter(({ name }) => name === 'X-Team'),
    ).toEqual(Array(2).fill({ name: 'X-Team', value: 'canary-team-two' }));
    expect(
      prints()
        .flat()
        .some((name) => before.flat().includes(name)),
    ).toBe(false);

    // Back to the first secret: the fingerprint is the same as before, since it depends on the values alone.
    expect((await first(...SYNC)).code).toBe(0);
    expect(prints()).toEqual(before);
    expect(sandbox.state().extensions.filter(({ name }) => name === 'Restart')).toHaveLength(2);
  });

  it('are added to existing actions, and removed by switching them off', async () => {
    const { with: using, prints, stored, write } = await lab(config());
    const run = using();
    await run(...SYNC);
    expect(prints()).toEqual([[], []]);
    write(config({}, { fingerprint: true }));
    const plan = await run('plan');
    expect(plan.stdout).toMatch(/headers \+ X-Pdactions-Fingerprint-\* {3}Authorization {3}X-Team/);
    await run(...SYNC);
    expect((await run(...IN_SYNC)).code).toBe(0);
    expect(prints().flat()).toHaveLength(2);
    write(config());
    expect((await run('plan')).stdout).toContain('headers - X-Pdactions-Fingerprint-*');
    await run(...SYNC);
    expect((await run(...IN_SYNC)).code).toBe(0);
    expect(prints()).toEqual([[], []]);
    expect(stored().map((headers) => headers.map(({ name }) => name))).toEqual(
      Array(2).fill(['Authorization', 'X-Team']),
    );
  });

  it('a plan without the key compares everything else, and says so', async () => {
    const { with: using, prints } = await lab();
    await using()(...SYNC);
    const before = prints();
    const keyless = using({ PDACTIONS_FINGERPRINT_KEY: '', TEAM_KEY: 'canary-team-two' });
    const plan = await keyless(...IN_SYNC);
    expect(plan.code).toBe(0);
    expect(plan.stderr).toContain('PDACTIONS_FINGERPRINT_KEY is not set, so fingerprints are not compared');
    expect(plan.stdout).toContain('those of 2 actions were not compared');
    expect((await keyless(...SYNC)).code).toBe(0);
    expect(prints()).toEqual(before);
  });

  it('a write without the key drops them and reports that, and the next one with the key restores them', async () => {
    const { with: using, prints, write } = await lab();
    await using()(...SYNC);
    const before = prints();
    write(config({ fingerprint: true }, { url: 'https://automation.example.com/v2' }));
    const keyless = using({ PDACTIONS_FINGERPRINT_KEY: '' });
    expect((await keyless('plan', '--detail')).stdout).toContain(`- ${before[0]?.[0]}`);
    expect((await keyless(...SYNC)).code).toBe(0);
    expect(prints()).toEqual([[], []]);
    expect((await keyless(...IN_SYNC)).code).toBe(0);
    expect((await using()(...SYNC)).code).toBe(0);
    expect(prints()).toEqual(before);
  });

  it('another key gives other fingerprints: everything is sent once', async () => {
    const { with: using } = await lab();
    await using()(...SYNC);
    const other = using({ PDACTIONS_FINGERPRINT_KEY: `${KEY}-rotated` });
    expect((await other(...IN_SYNC)).stdout).toContain('Plan: 2 to update');
    await other(...SYNC);
    expect((await other(...IN_SYNC)).code).toBe(0);
  });

  it('--rotate-secrets sends them along, and changes none', async () => {
    const { with: using, prints } = await lab();
    const run = using();
    await run(...SYNC);
    const before = prints();
    const rotated = await run(...SYNC, '--rotate-secrets');
    expect(rotated.stdout).toContain('secrets Authorization, X-Team sent again (write-only)');
    expect(prints()).toEqual(before);
    expect((await run(...IN_SYNC)).code).toBe(0);
  });

  it('a renamed button gets the fingerprint of its new label, without a remark about changed secrets', async () => {
    const { with: using, prints, write } = await lab();
    const run = using();
    await run(...SYNC);
    const before = prints();
    write(config({ fingerprint: true }, { label: 'Bounce', renamedFrom: 'Restart' }));
    const plan = await run('plan');
    expect(plan.stdout).toContain('Plan: 2 to update');
    expect(plan.stdout).not.toContain('changed;');
    expect(plan.stdout).toContain('headers Authorization, X-Team sent along (write-only)');
    await run(...SYNC);
    expect((await run(...IN_SYNC)).code).toBe(0);
    expect(
      prints()
        .flat()
        .some((name) => before.flat().includes(name)),
    ).toBe(false);
  });

  it('a saved plan holds no secret, and is refused if the secret changes before the sync', async () => {
    const { with: using } = await lab();
    const first = using();
    await first(...SYNC);
    const second = using({ TEAM_KEY: 'canary-team-two' });
    expect((await second('plan', '--out', 'plan.json')).code).toBe(0);
    const stale = await first(...SYNC, '--plan', 'plan.json');
    expect(stale.code).toBe(8);
    expect((await second(...SYNC, '--plan', 'plan.json')).code).toBe(0);
  });

  it('are sent and cannot be compared if PagerDuty hides header names (U5)', async () => {
    const { with: using, prints } = await lab(config({ fingerprint: true }), {
      switches: { headerNames: 'hidden' },
    });
    await using()(...SYNC);
    expect(prints().map(({ length }) => length)).toEqual([1, 1]);
    const plan = await using({ TEAM_KEY: 'canary-team-two' })(...IN_SYNC);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('those of 2 actions were not compared');
  });

  it('are reported as still there if a write merges headers instead of replacing them (U4)', async () => {
    const { with: using } = await lab(config({ fingerprint: true }), { switches: { putConfig: 'merge' } });
    await using()(...SYNC);
    const { code, stdout } = await using({ TEAM_KEY: 'canary-team-two' })(...SYNC);
    expect(code).toBe(6);
    const kept = /PagerDuty kept the header X-Pdactions-Fingerprint-[A-Z2-7]{8}, which the change removes\n/g;
    expect(stdout.match(kept)).toHaveLength(2);
  });

  it('are exported as a setting, and the export syncs to no change', async () => {
    const { with: using, folder } = await lab();
    const run = using();
    await run(...SYNC);
    const exported = await run(
      'export',
      '--service',
      'Search API',
      '--service',
      'web-frontend',
      '--format',
      'json',
    );
    const document = JSON.parse(exported.stdout);
    expect(document.actions.restart).toMatchObject({ label: 'Restart', fingerprint: true });
    expect(exported.stdout).not.toContain(PREFIX);
    writeFileSync(join(folder, 'exported.json'), exported.stdout);
    const secrets = Object.fromEntries(
      [...exported.stdout.matchAll(/"(Authorization|X-Team|X-Vendor-Key)": "\$\{(\w+)\}"/g)].map(
        ([, name, variable]) => [variable, name === 'X-Team' ? 'canary-team-one' : `Bearer ${CANARY}`],
      ),
    );
    const plan = await using(secrets)('plan', '--exit-code', '--config', 'exported.json');
    expect(plan.stdout).toContain('No changes.');
    const other = Object.fromEntries(Object.keys(secrets).map((name) => [name, 'canary-team-other']));
    expect((await using(other)('plan', '--exit-code', '--config', 'exported.json')).code).toBe(2);
  });

  it.each(['too-short', 'x'.repeat(40)])('the key %j is refused without being shown', async (key) => {
    const { with: using } = await lab();
    const { code, stderr } = await using({ PDACTIONS_FINGERPRINT_KEY: key })('plan');
    expect(code).toBe(3);
    expect(stderr).toContain('must be at least 32 random characters');
    expect(stderr).not.toContain(key);
  });
});

describe('by hand', () => {
  const ID = ['update', 'Restart', '--service', 'Search API', '--yes'] as const;

  it('new headers drop the fingerprint, and the next sync adds one', async () => {
    const { with: using, stored } = await lab();
    const run = using();
    await run(...SYNC);
    const updated = await run(...ID, '--header', 'Authorization: by-hand-1', '--header', 'X-Team: by-hand-2');
    expect(updated.code).toBe(0);
    expect(updated.stderr).toContain('the fingerprint of the old header values is removed');
    expect(stored().map((headers) => headers.map(({ name }) => name))).toContainEqual([
      'Authorization',
      'X-Team',
    ]);
    expect((await run('plan')).stdout).toContain('Plan: 1 to update');
    await run(...SYNC);
    expect((await run(...IN_SYNC)).code).toBe(0);
  });

  it('another URL keeps it', async () => {
    const { with: using, prints } = await lab();
    const run = using();
    await run(...SYNC);
    const before = prints();
    const updated = await run(...ID, '--url', 'https://automation.example.com/by-hand');
    expect(updated.code).toBe(0);
    expect(updated.stderr).not.toContain('fingerprint');
    expect(prints()).toEqual(before);
  });

  it('another label makes it wrong, with a warning', async () => {
    const { with: using } = await lab();
    const run = using();
    await run(...SYNC);
    const updated = await run(...ID, '--label', 'Bounce');
    expect(updated.stderr).toContain('the fingerprint is for the old label');
  });

  it('one cannot be passed as a header', async () => {
    const { with: using } = await lab();
    await using()(...SYNC);
    const { code, stderr } = await using()(...ID, '--header', `${PREFIX}AAAAAAAA: 1`);
    expect(code).toBe(3);
    expect(stderr).toContain('this header name is reserved for the fingerprints that pdactions adds');
  });
});
