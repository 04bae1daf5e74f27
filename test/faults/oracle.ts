/** The ten invariants of docs/faults.md, asserted after every run with a fault. */
import { expect } from 'vitest';
import type { Snapshot } from '../../src/sandbox/keeping/snapshot.ts';
import type { CommitRecord } from '../../src/sandbox/log.ts';
import type { Extension } from '../../src/sandbox/resources/extensions/record.ts';
import type { Lab, Run } from './lab.ts';
import { CANARIES, TIMEOUT_S, type WorldSpec } from './worlds.ts';

type Held = Snapshot['extensions'][number];

/** The entry of a report for one change. */
export interface OutcomeDocument {
  readonly kind: 'create' | 'update' | 'delete' | 'enable';
  readonly service: { readonly id: string; readonly name: string };
  readonly label: string;
  readonly status: 'applied' | 'differs' | 'not kept' | 'failed' | 'unknown' | 'skipped';
  readonly id: string | null;
  readonly unconfirmed?: true;
  readonly note?: string;
  readonly why?: string;
  readonly error?: ErrorDocument;
}

export interface ErrorDocument {
  readonly kind: string;
  readonly reason: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly details: readonly string[];
  readonly http: { readonly method: string; readonly path: string; readonly status?: number } | null;
}

export interface SyncDocument {
  readonly digest: string;
  readonly changes: readonly { readonly kind: string; readonly fields?: readonly object[] }[];
  readonly refusals: readonly { readonly code: string }[];
  readonly report: {
    readonly outcomes: readonly OutcomeDocument[];
    readonly duplicates: readonly { readonly label: string; readonly ids: readonly string[] }[];
    readonly stopped: string | null;
    readonly duplicatesChecked: boolean;
  } | null;
}

/** A fault-free run of a world, measured once. */
export interface Ideal {
  readonly world: WorldSpec;
  readonly requests: number;
  /** The actions in scope after the run, without ids. */
  readonly desired: string;
  /** Services that the config selects. */
  readonly scope: ReadonlySet<string>;
}

/** Invariants that a case may break. */
export interface Exceptions {
  /** The account was edited, so the same command ends differently: the case checks I1 itself. */
  readonly converges?: false;
  /** F14 with a commit after the last look, F39: two actions may share a label, but never silently. */
  readonly duplicates?: true;
  /** Records that were added or removed by hand during the run. */
  readonly edited?: readonly string[];
  /** F35: the run was killed, so its output is missing or cut off. */
  readonly killed?: true;
}

const CLEAN_ATTEMPTS = 3;

/** Measures a fault-free run of a world. */
export async function measure(lab: Lab, world: WorldSpec): Promise<Ideal> {
  await lab.reset(world);
  const run = await lab.run(world.argv);
  expect(run).toMatchObject({ code: 0, stderr: expect.not.stringContaining('pdactions:') });
  const scope = new Set(documentOf(run)?.report?.outcomes.map(({ service }) => service.id));
  for (const { id } of (JSON.parse(run.stdout) as { services: { id: string }[] }).services) scope.add(id);
  const ideal = { world, requests: run.log.requests.length, desired: '', scope };
  const measured = { ...ideal, desired: inScope(run.after, scope) };
  await expectStill(lab, measured);
  return measured;
}

/** The JSON document of a run; null if it printed none. */
export function documentOf({ stdout }: Pick<Run, 'stdout'>): SyncDocument | null {
  return stdout.trim() === '' ? null : (JSON.parse(stdout) as SyncDocument);
}

/** Writes carried out for this program, including late ones. */
export function commitsOf(run: Run): CommitRecord[] {
  return run.log.commits.filter(({ by }) => by === 'api' || by === 'late');
}

/** All invariants. The faults must still be the ones of the run. */
export async function expectInvariants(
  lab: Lab,
  ideal: Ideal,
  run: Run,
  exceptions: Exceptions = {},
): Promise<void> {
  expectSafe(lab, ideal, run, exceptions);
  bounded(ideal, run);
  lab.break([]);
  if (exceptions.converges !== false) await expectConvergence(lab, ideal, run);
}

/** Invariants that hold for any config, and with concurrent changes. */
export function expectSafe(
  lab: Pick<Lab, 'sandbox'>,
  ideal: Pick<Ideal, 'scope'>,
  run: Run,
  exceptions: Exceptions = {},
): void {
  if (!exceptions.duplicates) noDuplicate(run);
  scope(ideal, run, exceptions);
  cap(run);
  secrets(run);
  nothingRedacted(run);
  origin(lab, run);
  if (exceptions.killed) return;
  readsFirst(run);
  truth(run);
  streams(run);
}

const settled = new Set<string>();

/** I1: with the fault gone, the same command succeeds, and a third run sends no write. */
async function expectConvergence(lab: Lab, ideal: Ideal, run: Run): Promise<void> {
  // The program keeps no state between runs, so one check per state of the account is enough.
  const state = `${ideal.world.name} ${JSON.stringify(run.after.extensions.map(withoutId).sort())}`;
  if (settled.has(state)) return;
  const again = await rerun(lab, ideal);
  expect(again.code, `I1: ${again.stderr}${again.stdout.slice(0, 2000)}`).toBe(0);
  await expectStill(lab, ideal);
  settled.add(state);
}

/** A late commit may come after the first re-run has read, so a few more runs may find it (F14). */
async function rerun(lab: Lab, ideal: Ideal): Promise<Run> {
  let run = await lab.run(ideal.world.argv);
  for (let tries = 1; run.code !== 0 && tries < CLEAN_ATTEMPTS; tries += 1) {
    run = await lab.run(ideal.world.argv);
  }
  return run;
}

async function expectStill(lab: Lab, ideal: Ideal): Promise<void> {
  const third = await lab.run(ideal.world.argv);
  expect(third.code).toBe(0);
  expect(inScope(third.after, ideal.scope)).toBe(ideal.desired || inScope(third.before, ideal.scope));
  expect(third.log.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
}

function withoutId({ name, url, headers, serviceIds, disabled, schema }: Held): string {
  return JSON.stringify([serviceIds, schema, name, url, headers, disabled]);
}

/** The actions on the services of a config, without ids. */
function inScope(state: Snapshot, services: ReadonlySet<string>): string {
  const own = state.extensions.filter(
    ({ serviceIds, schema }) => schema === 'custom_webhook' && serviceIds.every((id) => services.has(id)),
  );
  return JSON.stringify(own.map(withoutId).sort());
}

/** I2: at every moment, a label that this program created exists at most once on each service. */
function noDuplicate(run: Run): void {
  replay(run, (held, commit) => {
    if (commit.verb !== 'create' || commit.by === 'edit') return;
    const made = commit.after as Extension;
    const same = [...held.values()].filter(
      (one) => one.name === made.name && one.serviceIds.join() === made.serviceIds.join() && isAction(one),
    );
    expect(same.length, `I2: ${made.name} stands twice on ${made.serviceIds}`).toBe(1);
  });
}

type Replayed = Pick<Extension, 'id' | 'name' | 'serviceIds'> & {
  readonly schema?: string;
  readonly schemaId?: string;
};

function isAction({ schema, schemaId }: Replayed): boolean {
  return schema === 'custom_webhook' || schemaId === 'PCUSTOM';
}

/** Replays the commits of a run one by one, and calls `look` after each. */
function replay(run: Run, look: (held: ReadonlyMap<string, Replayed>, commit: CommitRecord) => void): void {
  const held = new Map<string, Replayed>(run.before.extensions.map((one) => [one.id, one]));
  for (const commit of run.log.commits) {
    if (commit.type !== 'extension') continue;
    if (commit.after) held.set(commit.id, commit.after as Extension);
    else held.delete(commit.id);
    look(held, commit);
  }
}

const ALLOWED = [
  /^GET \/(extension_schemas|services|teams|extensions)$/,
  /^GET \/(services|extensions)\/[A-Z0-9]+$/,
  /^POST \/extensions$/,
  /^(PUT|DELETE) \/extensions\/[A-Z0-9]+$/,
  /^POST \/extensions\/[A-Z0-9]+\/enable$/,
];

/** I3: no write out of scope, and no other calls. */
function scope(ideal: Pick<Ideal, 'scope'>, run: Run, { edited = [] }: Exceptions): void {
  const foreign = (state: Snapshot) =>
    state.extensions.filter(
      ({ id, schema, serviceIds }) =>
        !edited.includes(id) &&
        (schema !== 'custom_webhook' || !serviceIds.every((service) => ideal.scope.has(service))),
    );
  expect(foreign(run.after), 'I3: out of scope').toEqual(foreign(run.before));
  for (const { method, path } of run.log.requests) {
    const call = `${method} ${path}`;
    expect(
      ALLOWED.some((pattern) => pattern.test(call)),
      `I3: ${call}`,
    ).toBe(true);
  }
}

/** I4: this program never creates a fourth action on a service. */
function cap(run: Run): void {
  replay(run, (held, commit) => {
    if (commit.verb !== 'create' || commit.by === 'edit') return;
    for (const service of (commit.after as Extension).serviceIds) {
      const count = [...held.values()].filter((one) => isAction(one) && one.serviceIds.includes(service));
      expect(count.length, `I4: actions on ${service}`).toBeLessThanOrEqual(3);
    }
  });
}

/** The longest hint, the longest backoff, and the jitter. */
const LONGEST_WAIT_MS = 120_000 + 20_000 + 1_000;

/** I5: requests and waits have a bound. */
function bounded(ideal: Ideal, run: Run): void {
  const { requests } = run.log;
  const limited = requests.filter(({ status }) => status === 429).length;
  const good = requests.filter(({ status }) => status !== null && status < 300).length;
  const touched = new Set(documentOf(run)?.report?.outcomes.map(({ service }) => service.id)).size;
  const bound = ideal.requests + 20 + Math.floor(good / 5) + 4 * touched;
  expect(requests.length - limited + run.unsent, 'I5: requests').toBeLessThanOrEqual(bound);
  // Ten resends each; two pages may be in flight at a time.
  expect(limited, 'I5: 429s').toBeLessThanOrEqual(11 * Math.max(2, touched));
  expect(run.took, 'I5: the whole run').toBeLessThanOrEqual(TIMEOUT_S * 1000);
  for (const ms of run.slept) expect(ms, 'I5: one wait').toBeLessThanOrEqual(LONGEST_WAIT_MS);
}

/** I6: after a failed or doubtful read, nothing is written. */
function readsFirst(run: Run): void {
  if (run.stdout === '' || run.code === 7) expect(commitsOf(run), 'I6').toEqual([]);
}

/** I7: the report is true. */
function truth(run: Run): void {
  const outcomes = documentOf(run)?.report?.outcomes ?? [];
  const commits = commitsOf(run);
  for (const outcome of outcomes) {
    const { status, note } = outcome;
    const done = commits.some((commit) => isOf(commit, outcome));
    const title = `I7: ${outcome.kind} ${outcome.label} on ${outcome.service.name} is ${status}`;
    if (status === 'applied' && outcome.kind === 'delete') {
      // The action may have been deleted by hand before (F23).
      expect(
        run.after.extensions.map(({ id }) => id),
        title,
      ).not.toContain(outcome.id);
    } else if (status === 'applied' && note !== 'already there') {
      expect(done, title).toBe(true);
    }
    if (status === 'failed' || status === 'skipped') expect(done, title).toBe(false);
  }
  if (run.code === 0) expect(outcomes.filter(({ status }) => status !== 'applied')).toEqual([]);
}

function isOf(commit: CommitRecord, { kind, service, label, id, note }: OutcomeDocument): boolean {
  const verb = note === 'recreated' ? 'create' : kind;
  if (commit.verb !== verb || commit.type !== 'extension') return false;
  if (verb !== 'create') return commit.id === id;
  const made = commit.after as Extension;
  return made.name === label && made.serviceIds.includes(service.id);
}

/** I8: no secret in the output, in any usual encoding. */
function secrets({ stdout, stderr }: Run): void {
  for (const secret of Object.values(CANARIES)) {
    const bytes = Buffer.from(secret);
    const spellings = [
      secret,
      encodeURIComponent(secret),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      secret.slice(0, 4),
      secret.slice(-4),
    ];
    for (const spelling of spellings) {
      expect(stdout.includes(spelling), `I8: stdout has ${spelling}`).toBe(false);
      expect(stderr.includes(spelling), `I8: stderr has ${spelling}`).toBe(false);
    }
  }
}

/** F41: a redacted value that was read is never written back. */
function nothingRedacted(run: Run): void {
  for (const { body } of run.log.requests) expect(JSON.stringify(body)).not.toMatch(/redacted/i);
}

/** I9: only one origin receives requests. Redirect targets and proxies see none. */
function origin({ sandbox }: Pick<Lab, 'sandbox'>, run: Run): void {
  expect(
    [...run.origins].filter((one) => one !== sandbox.url),
    'I9',
  ).toEqual([]);
}

/** I10: stdout is one document or empty; every error names the call, the place, the reason and the next step. */
function streams(run: Run): void {
  const { code, stdout, stderr } = run;
  const document = documentOf(run);
  expect(stdout + stderr, 'I10: markup').not.toMatch(/<\/?(html|body|script)/i);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them
  expect(stdout + stderr, 'I10: control characters').not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  if (document === null && code > 128) {
    // After Ctrl-C, the user needs no explanation and no next step.
    expect(stderr, 'I10').toContain('interrupted');
    return;
  }
  if (document === null) {
    expect(stderr, 'I10').toMatch(/^pdactions: .+ \[[a-z_]+\]$/m);
    expect(stderr, 'I10: the next step').toMatch(/^ {2}→ \S/m);
    return;
  }
  for (const { error, service, label } of document.report?.outcomes ?? []) {
    expect(service.id && service.name && label, 'I10').toBeTruthy();
    if (!error) continue;
    expect(error.reason, 'I10').not.toBeNull();
    expect(error.hint, 'I10').toMatch(/\S/);
    if (error.kind === 'remote' && error.reason !== 'interrupted') {
      expect(error.http?.path, 'I10').toMatch(/^\//);
    }
  }
  if (code !== 0) {
    const { report, refusals } = document;
    const explained =
      refusals.length > 0 ||
      report === null ||
      report.stopped !== null ||
      report.duplicates.length > 0 ||
      report.outcomes.some(
        ({ error, why, status, unconfirmed }) =>
          error ?? why ?? (unconfirmed || /differs|not kept/.test(status)),
      );
    expect(explained, 'I10: nothing says why').toBeTruthy();
  }
}
