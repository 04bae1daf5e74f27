/** One drill: opens an incident of its own, presses the action once, observes the result, and always resolves the incident. */

import type { Clock } from '../../../clock.ts';
import type { LiveAction } from '../../../core/action.ts';
import { PdactionsError } from '../../../errors.ts';
import type { DrillStore } from '../../../pagerduty/stores/drill-store.ts';
import type { Incident, PressStore } from '../../../pagerduty/stores/press-store.ts';
import type { SimulatedDelivery, Simulation } from '../../context.ts';

/** The steps of a drill, in this order. */
export type DrillStep = 'incident' | 'press' | 'delivery' | 'note' | 'outcome' | 'resolved';

export interface DrillFinding {
  readonly step: DrillStep;
  /** Null if it could not be observed. */
  readonly passed: boolean | null;
  readonly text: string;
}

export interface Proof {
  readonly action: LiveAction;
  readonly service: { readonly id: string; readonly name: string };
  /** Null if none was opened. */
  readonly incident: Incident | null;
  readonly findings: readonly DrillFinding[];
  /** From the press to the note, in milliseconds; null without one. */
  readonly noteAfterMs: number | null;
  readonly proven: boolean;
}

export interface DrillWorld {
  readonly drills: DrillStore;
  readonly presses: PressStore;
  readonly simulation: Simulation | null;
  readonly clock: Clock;
  /** Ends the wait; the incident is still resolved. */
  readonly interrupted: AbortSignal;
  readonly from: string | undefined;
  /** The time to wait for the note, in milliseconds. */
  readonly waitMs: number;
  /** Makes the title unique. */
  readonly token: string;
  /** Called as soon as the incident exists, so that its id is known after a crash. */
  readonly onOpened: (incident: Incident) => void;
}

/** Presses `action` on an incident that it opens and resolves. Never touches another incident. */
export async function drill(
  action: LiveAction,
  service: Proof['service'],
  world: DrillWorld,
): Promise<Proof> {
  const findings: DrillFinding[] = [];
  const note = (step: DrillStep, passed: boolean | null, text: string): void =>
    void findings.push({ step, passed, text });
  let incident: Incident | null = null;
  let noteAfterMs: number | null = null;
  try {
    incident = await world.drills.open({
      serviceId: service.id,
      title: `[DRILL] pdactions prove: ${action.label} (${world.token})`,
      details:
        'A drill, opened by `pdactions prove`. It presses one custom incident action and resolves itself. No action is needed.',
      from: world.from,
    });
    world.onOpened(incident);
    note('incident', true, `opened ${nameOf(incident)}, low urgency`);
    noteAfterMs = await pressAndWait(action, incident, world, note);
  } catch (error) {
    if (!(error instanceof PdactionsError)) throw error;
    note(incident ? 'press' : 'incident', false, error.message);
  } finally {
    if (incident) await end(incident, world, note);
  }
  const needed: readonly DrillStep[] = ['incident', 'press', 'note', 'outcome', 'resolved'];
  const passed = new Set(findings.filter((finding) => finding.passed === true).map(({ step }) => step));
  const failed = findings.some((finding) => finding.passed === false);
  return {
    action,
    service,
    incident,
    findings,
    noteAfterMs,
    proven: !failed && needed.every((step) => passed.has(step)),
  };
}

async function pressAndWait(
  action: LiveAction,
  incident: Incident,
  world: DrillWorld,
  note: (step: DrillStep, passed: boolean | null, text: string) => void,
): Promise<number | null> {
  world.interrupted.throwIfAborted();
  const began = world.clock.now();
  await world.presses.press(action.id, incident.id, world.from);
  note('press', true, `pressed ${action.label} (${action.id})`);
  const { content, delivery } = await waitForNote(action, incident, world);
  if (world.simulation) note('delivery', delivery?.status === 'delivered', describe(delivery));
  else note('delivery', null, 'PagerDuty does not report deliveries; the note shows that it arrived');
  const ms = world.clock.now() - began;
  if (content === undefined) {
    note('note', false, `no note on the incident within ${Math.round(world.waitMs / 1000)} s`);
    return null;
  }
  note('note', true, `on the incident after ${(ms / 1000).toFixed(1)} s`);
  const [head = ''] = content.split('\n');
  note('outcome', /\bsucceeded\b/.test(head), head.slice(0, 300));
  return ms;
}

const LOOKS_MS = [250, 500, 1_000, 2_000, 3_000];

/** Waits until the note exists, can no longer arrive, or the time is up. */
async function waitForNote(
  { id }: LiveAction,
  incident: Incident,
  { drills, simulation, clock, interrupted, waitMs }: DrillWorld,
): Promise<{ readonly content?: string | undefined; readonly delivery?: SimulatedDelivery | undefined }> {
  const until = clock.now() + waitMs;
  for (let look = 0; ; look += 1) {
    const [[content], delivery] = await Promise.all([
      drills.notes(incident.id),
      simulation
        ?.deliveries()
        .then((all) =>
          all.findLast((candidate) => candidate.extensionId === id && candidate.incidentId === incident.id),
        ),
    ]);
    const isOver = delivery !== undefined && ['dropped', 'expired', 'held'].includes(delivery.status);
    if (content !== undefined || isOver || clock.now() >= until) return { content, delivery };
    await clock.sleep(Math.min(LOOKS_MS[look] ?? 5_000, until - clock.now()), interrupted);
  }
}

function describe(delivery: SimulatedDelivery | undefined): string {
  if (!delivery) return 'no delivery was made';
  const { status, answered, reason } = delivery;
  if (status === 'delivered') return `the endpoint accepted its headers and answered ${answered}`;
  return `${status}: ${reason ?? 'no answer yet'}`;
}

/** Resolves the incident, with a second attempt if necessary. Always reports an incident that may still be open. */
async function end(
  incident: Incident,
  { drills, from }: DrillWorld,
  note: (step: DrillStep, passed: boolean | null, text: string) => void,
): Promise<void> {
  const resolve = (): Promise<void> => drills.resolve(incident.id, from);
  const problem = await resolve()
    .catch(resolve)
    .then(() => undefined)
    .catch((error: unknown) => (error instanceof Error ? error.message : 'an unknown error'));
  if (problem === undefined) note('resolved', true, 'the incident is resolved');
  else note('resolved', false, `${nameOf(incident)} may still be open; resolve it by hand: ${problem}`);
}

export function nameOf({ id, number }: Incident): string {
  return number === null ? id : `#${number} (${id})`;
}
