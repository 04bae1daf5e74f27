import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CancelledError } from '../../src/errors.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { runCli, temporaryFolder } from '../helpers/in-process.ts';
import { endpoint } from '../tester/endpoints.ts';
import { type Project, project } from './project.ts';

/** A receiver that answers at once and writes its note afterwards, as `listen` does. */
async function receiver(outcome: string | null, answer = 202) {
  let sandbox: Sandbox | undefined;
  const here = await endpoint((response, { body }) => {
    response.writeHead(answer).end();
    const id = JSON.parse(body).messages[0].incident.id as string;
    if (outcome === null || !sandbox) return;
    void fetch(`${sandbox.url}/incidents/${id}/notes`, {
      method: 'POST',
      headers: { authorization: `Token token=${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ note: { content: `pdactions: "Restart" ${outcome}` } }),
    });
  });
  return {
    ...here,
    writesTo: (one: Sandbox): void => {
      sandbox = one;
    },
  };
}

async function account(url: string, more: object = {}): Promise<Project> {
  return project(null, {
    deliver: undefined,
    seed: {
      account: 'acme',
      services: [{ id: 'PSVCA', name: 'A' }],
      extensions: [
        { id: 'PEXT1', service: 'PSVCA', name: 'Restart', url, ...more },
        { id: 'PEXT2', service: 'PSVCA', name: 'Other', url },
      ],
      incidents: [{ id: 'PREAL', service: 'PSVCA', title: 'The database is on fire' }],
    },
  });
}

const incidents = (sandbox: Sandbox) => sandbox.state().incidents;

describe('prove', () => {
  it('goes from the press to the note on an incident of its own, and resolves it', async () => {
    const here = await receiver('succeeded after 0.8 s (pressed by y, x). No output.');
    const { run, sandbox } = await account(here.url);
    here.writesTo(sandbox);
    const { code, stdout, stderr } = await run([
      'prove',
      'Restart',
      '--service',
      'A',
      '--yes',
      '--json',
      '--wait',
      '20',
    ]);
    const [proof] = JSON.parse(stdout).proofs;
    expect({ code, proven: proof.proven }).toEqual({ code: 0, proven: true });
    expect(
      proof.findings.map(({ step, passed }: { step: string; passed: boolean }) => [step, passed]),
    ).toEqual([
      ['incident', true],
      ['press', true],
      ['delivery', null],
      ['note', true],
      ['outcome', true],
      ['resolved', true],
    ]);
    const opened = incidents(sandbox).find(({ id }) => id === proof.incident.id);
    expect(opened).toMatchObject({
      status: 'resolved',
      urgency: 'low',
      title: expect.stringContaining('[DRILL]'),
    });
    // It never resolves an incident that it did not open.
    expect(incidents(sandbox).find(({ id }) => id === 'PREAL')?.status).not.toBe('resolved');
    expect(here.received.map(({ body }) => JSON.parse(body).messages[0].incident.id)).toEqual([
      proof.incident.id,
    ]);
    expect(stderr).toContain(proof.incident.id);
  });

  it.each([
    ['a handler that failed', 'failed with exit code 1 after 0.1 s (press x).', 202, 'outcome'],
    ['a receiver that writes no note', null, 202, 'note'],
    ['an endpoint that refuses', null, 401, 'note'],
  ] as const)('is not proven by %s: exit 2, resolved', async (_, outcome, answer, step) => {
    const here = await receiver(outcome, answer);
    const { run, sandbox } = await account(here.url);
    here.writesTo(sandbox);
    const { code, stdout } = await run(['prove', 'PEXT1', '--yes', '--json', '--wait', '1']);
    const [proof] = JSON.parse(stdout).proofs;
    expect(code).toBe(2);
    expect(proof.findings).toContainEqual(expect.objectContaining({ step, passed: false }));
    expect(incidents(sandbox).find(({ id }) => id === proof.incident.id)?.status).toBe('resolved');
  });

  it('walks all buttons of a service, each on its own incident', async () => {
    const here = await receiver('succeeded after 0.8 s.');
    const { run, sandbox } = await account(here.url);
    here.writesTo(sandbox);
    const { code, stdout } = await run(['prove', '--all', '--service', 'A', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('Restart');
    expect(stdout).toContain('Other');
    expect(
      incidents(sandbox)
        .filter(({ title }) => title.startsWith('[DRILL]'))
        .map(({ status }) => status),
    ).toEqual(['resolved', 'resolved']);
  });

  it('resolves its incident even after a signal', async () => {
    const stop = new AbortController();
    const here = await endpoint((response) => {
      response.writeHead(202).end();
      stop.abort(new CancelledError('interrupted', 'SIGINT'));
    });
    const { run, sandbox } = await account(here.url);
    const { code } = await run(['prove', 'PEXT1', '--yes', '--wait', '3600'], { interrupted: stop.signal });
    expect(code).toBe(130);
    expect(incidents(sandbox).filter(({ title }) => title.startsWith('[DRILL]'))).toMatchObject([
      { status: 'resolved' },
    ]);
  });

  it('reports that an incident may still be open if it cannot be resolved, and exits 6', async () => {
    const here = await receiver('succeeded after 0.8 s.');
    const { run, sandbox } = await account(here.url);
    here.writesTo(sandbox);
    sandbox.setFaults([
      {
        action: 'status',
        status: 403,
        body: { error: { message: 'no' } },
        phase: 'before-commit',
        times: 'always',
        match: { method: 'PUT' },
      },
    ]);
    const { code, stdout } = await run(['prove', 'PEXT1', '--yes', '--json']);
    const [proof] = JSON.parse(stdout).proofs;
    expect(code).toBe(6);
    expect(proof.findings.at(-1)).toMatchObject({
      step: 'resolved',
      passed: false,
      text: expect.stringContaining(proof.incident.id),
    });
  });

  it('adopts the incident when the answer to its opening was lost', async () => {
    const here = await receiver('succeeded after 0.8 s.');
    const { run, sandbox } = await account(here.url);
    here.writesTo(sandbox);
    sandbox.setFaults([
      { action: 'reset', phase: 'after-commit', times: 1, match: { method: 'POST', path: '/incidents' } },
    ]);
    const { code } = await run(['prove', 'PEXT1', '--yes']);
    expect(code).toBe(0);
    expect(incidents(sandbox).filter(({ title }) => title.startsWith('[DRILL]'))).toMatchObject([
      { status: 'resolved' },
    ]);
  });

  it('opens nothing without confirmation, for a disabled action, or on wrong usage', async () => {
    const { run, sandbox } = await account('https://a.example.com/', { disabled: true });
    expect((await run(['prove', 'PEXT2'])).code).toBe(3);
    expect((await run(['prove', 'PEXT1', '--yes'])).code).toBe(8);
    expect((await run(['prove'])).code).toBe(3);
    expect((await run(['prove', '--all', '--yes'])).code).toBe(3);
    expect(incidents(sandbox).filter(({ title }) => title.startsWith('[DRILL]'))).toEqual([]);
  });
});

describe('prove on the sandbox, without a receiver', () => {
  const SECRET = 'k7Qz-correct-horse-99';

  /** A folder with a config, synced to a sandbox of its own. */
  async function synced(
    handler: object | undefined,
    url = 'https://hooks.example.com/restart',
    label = 'Restart',
  ) {
    const folder = temporaryFolder();
    // The account stores the header like PagerDuty would; no other file may contain it.
    const account = join(temporaryFolder(), 'account.json');
    const action = { label, url, headers: { Authorization: 'Bearer ${RESTART_SECRET}' }, handler };
    const config = { actions: { restart: action }, services: { 'Checkout API': ['restart'] } };
    const file = join(folder, 'pdactions.config.json');
    writeFileSync(file, JSON.stringify(config));
    const run = (argv: readonly string[], secret = SECRET) =>
      runCli([...argv, `--sandbox=${account}`, '--yes'], { cwd: folder, env: { RESTART_SECRET: secret } });
    expect((await run(['sync'])).code).toBe(0);
    const live = label.replace('${service.name}', 'Checkout API');
    const prove = (secret?: string) =>
      run(['prove', live, '--service', 'Checkout API', '--json', '--wait', '2'], secret);
    return { folder, file, account, prove };
  }

  const results = (stdout: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      JSON.parse(stdout).proofs[0].findings.map((one: { step: string; passed: unknown }) => [
        one.step,
        one.passed,
      ]),
    );

  it.each(['https://hooks.example.com/restart?where=eu', 'http://127.0.0.1:9/restart'])(
    'runs the handler of the config for %s, and leaves nothing behind',
    async (url) => {
      const own = temporaryFolder();
      vi.stubEnv('TMPDIR', own);
      onTestFinished(() => void vi.unstubAllEnvs());
      const { folder, prove } = await synced(
        { command: ['/bin/sh', '-c', 'echo "$PD_INCIDENT_TITLE" > ran'] },
        url,
      );
      const { code, stdout, stderr } = await prove();
      expect([code, stderr]).toEqual([0, expect.stringContaining('this command runs the handlers')]);
      expect(results(stdout)).toMatchObject({ delivery: true, note: true, outcome: true, resolved: true });
      expect(readFileSync(join(folder, 'ran'), 'utf8')).toMatch(/^\[DRILL\]/);
      expect(readdirSync(own).filter((name) => name.startsWith('pdactions-prove-'))).toEqual([]);
    },
  );

  it('runs the handler of a definition for many services, and names the action of this one', async () => {
    const label = 'Restart ${service.name}';
    const own = await synced({ command: ['/bin/true'] }, 'https://hooks.example.com/${service.id}', label);
    const { code, stdout, stderr } = await own.prove();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('pdactions: \\"Restart Checkout API\\" succeeded');
    for (const event of ['accepted', 'started', 'succeeded']) {
      expect(stderr).toMatch(new RegExp(`${event} +\\w+ Restart Checkout API on `));
    }
    expect(stderr).toMatch(/noted +\w+ restart on /);
    expect(stdout + stderr).not.toContain('${service');
  });

  it('is not proven by a handler that fails, nor by a secret that the action does not have', async () => {
    const { prove } = await synced({ command: ['/bin/false'] });
    const failed = await prove();
    expect([failed.code, results(failed.stdout)]).toMatchObject([2, { note: true, outcome: false }]);
    const refused = await prove('another-secret-of-22-chars');
    expect([refused.code, results(refused.stdout)]).toMatchObject([2, { delivery: false, note: false }]);
  });

  it('opens nothing without a config, or a handler in it', async () => {
    const { file, account, prove } = await synced(undefined);
    const { code, stderr } = await prove();
    expect([code, stderr]).toEqual([8, expect.stringMatching(/no receiver answers .*no `handler`/s)]);
    rmSync(file);
    expect((await prove()).stderr).toContain('There is no config with a `handler`');
    expect(readFileSync(account, 'utf8')).not.toContain('[DRILL]');
  });

  it('leaves the press to a running receiver', async () => {
    const here = await endpoint((response) => response.writeHead(500).end());
    const { prove } = await synced({ command: ['/bin/true'] }, `${here.url}/restart`);
    const { code, stderr } = await prove();
    expect([code, here.received.length]).toEqual([2, 1]);
    expect(stderr).not.toContain('this command runs the handlers');
  });
});
