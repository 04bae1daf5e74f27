import { expect } from 'vitest';
import { type Case, matchOf } from './cases.ts';
import type { Lab, RequestRecord, Run } from './lab.ts';
import { commitsOf, documentOf, expectInvariants, type Ideal, type OutcomeDocument } from './oracle.ts';
import { turnAtSignals } from './storing.ts';
import type { CallClass } from './worlds.ts';

/** Runs one case, and checks all expectations. */
export async function runCase(lab: Lab, ideal: Ideal, one: Case): Promise<void> {
  const { target, variant, times } = one;
  await lab.reset(ideal.world);
  if (variant.switches) turnAtSignals(lab, variant.switches);
  lab.break(
    variant.faults?.(matchOf(target), times) ?? [],
    variant.throws === undefined ? [] : [{ throws: variant.throws, target, times }],
  );
  const run = await lab.run(ideal.world.argv);
  expectExit(run, one);
  if (target.class === 'read') expectRead(run, one);
  else expectWrite(run, one, ideal);
  await expectInvariants(lab, ideal, run);
}

function shown({ stdout, stderr }: Run): string {
  const { report } = documentOf({ stdout }) ?? {};
  return `${stderr}\n${JSON.stringify(report, null, 1)?.slice(0, 3000)}`;
}

function expectExit(run: Run, { expected: { exit } }: Case): void {
  expect(run.code, shown(run)).toBe(exit);
}

function hits(run: Run, { target: { method, path, service } }: Case): RequestRecord[] {
  return run.log.requests.filter(
    (request) =>
      request.method === method &&
      request.path === path &&
      (service === undefined || isAbout(request, service)),
  );
}

/** A request that failed before it was read has no body in the log, but only this run sends requests. */
function isAbout({ body, faults }: RequestRecord, service: string): boolean {
  return faults.length > 0 || JSON.stringify(body ?? '').includes(`"${service}"`);
}

function expectRead(run: Run, one: Case): void {
  const { row, expected, target } = one;
  if (expected.exit === 0) return;
  expect(run.stderr).toContain(`[${row.reason}]`);
  expect(run.stdout).toBe('');
  expect(commitsOf(run)).toEqual([]);
  const sends = hits(run, one).length + run.unsent - ((target.nth ?? 1) - 1);
  expect(sends, 'how often it was sent').toBeGreaterThanOrEqual(expected.sends ?? 0);
  // A fault that always hits a middle page also hits the following pages, which are read at the same time.
  const pages = target.nth === 2 && expected.sends !== 1 ? 2 : 1;
  expect(sends, 'how often it was sent').toBeLessThanOrEqual(pages * (expected.sends ?? 0));
  expectGaps(run, one);
}

function expectWrite(run: Run, one: Case, ideal: Ideal): void {
  const { row, expected, target } = one;
  const outcomes = documentOf(run)?.report?.outcomes ?? [];
  const about = outcomes.find((outcome) => isTarget(outcome, one));
  expect(about?.status, shown(run)).toBe(expected.status);
  if (expected.status !== 'applied') expect(about?.error?.reason ?? null).toBe(row.reason);
  if (expected.note !== undefined) expect(about?.note).toBe(expected.note);
  expect(firstHits(run, one), `how often it was sent\n${shown(run)}`).toBe(expected.sends);
  const behind = outcomes.filter((outcome) => outcome.service.id === about?.service.id && outcome !== about);
  if (about?.error) expectLeftAlone(behind, about);
  const others = outcomes.filter((outcome) => outcome.service.id !== about?.service.id);
  const later = others.filter((outcome) => outcome.service.id > (about?.service.id ?? ''));
  const wanted = expected.others ? 'applied' : 'skipped';
  for (const { status } of later) expect(status).toBe(wanted);
  expect(later.length + target.path.length).toBeGreaterThan(0);
  expect(ideal.scope.has(about?.service.id ?? '')).toBe(true);
  if (!expected.others) expectSilence(run, one);
  expectGaps(run, one);
}

/** Changes after a failed one on the same service are not attempted. */
function expectLeftAlone(behind: readonly OutcomeDocument[], about: OutcomeDocument | undefined): void {
  for (const { status, kind } of behind.filter((outcome) => comesAfter(outcome, about))) {
    expect(status, kind).toBe('skipped');
  }
}

function comesAfter(outcome: OutcomeDocument, about: OutcomeDocument | undefined): boolean {
  return outcome.kind !== 'create' || about?.kind !== 'enable';
}

const LABELS: Readonly<Record<Exclude<CallClass, 'read'>, string>> = {
  create: 'Restart Server',
  update: 'Restart Server',
  delete: 'Old One',
  enable: 'Add Diagnostics',
};

function isTarget({ kind, service, label }: OutcomeDocument, { target }: Case): boolean {
  if (target.class === 'read' || kind !== target.class) return false;
  return label === LABELS[target.class] && (target.service === undefined || service.id === target.service);
}

/** All creates share one path; the second one on the service has another label. */
function firstHits(run: Run, one: Case): number {
  const others = one.target.class === 'create' ? ['Revert Last Commit'] : [];
  const own = hits(run, one).filter(({ body }) => !others.some((label) => isAboutLabel(body, label)));
  return own.length + run.unsent;
}

function isAboutLabel(body: unknown, label: string): boolean {
  return JSON.stringify(body ?? '').includes(`"${label}"`);
}

/** ST: nothing is written afterwards. */
function expectSilence(run: Run, one: Case): void {
  const last = hits(run, one).at(-1)?.index ?? Number.POSITIVE_INFINITY;
  const after = run.log.requests.filter(({ index, method }) => index > last && method !== 'GET');
  expect(after, 'ST: no further writes').toEqual([]);
}

/** Checks the row's gap between two attempts of a throttled request, with no other request between them. */
function expectGaps(run: Run, one: Case): void {
  const { gap } = one.row;
  if (!gap) return;
  const { requests } = run.log;
  for (const [index, request] of requests.entries()) {
    const next = requests[index + 1];
    if (request.status !== 429 || !next) continue;
    const ms = Date.parse(next.at) - Date.parse(request.at);
    expect(ms, 'the wait after a 429').toBeGreaterThanOrEqual(gap[0]);
    expect(ms, 'the wait after a 429').toBeLessThanOrEqual(gap[1]);
  }
}
