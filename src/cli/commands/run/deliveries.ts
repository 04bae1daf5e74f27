/** Reports the deliveries of presses on the sandbox; PagerDuty's API has no such report. */
import type { Clock } from '../../../clock.ts';
import { signed } from '../../../ui/text/signs.ts';
import { type Line, line, styled } from '../../../ui/text/text.ts';
import type { SimulatedDelivery, Simulation } from '../../context.ts';
import type { ChosenPress } from './press.ts';

const LOOK_MS = 100;
/** An endpoint has 16 seconds to answer (fact 38). */
const PATIENCE_MS = 20_000;

/** Follows the deliveries that start from now on. */
export interface Follower {
  /** Resolves when each of them was answered, held back, or waits for another attempt. */
  settled(): Promise<readonly SimulatedDelivery[]>;
}

export async function followDeliveries(simulation: Simulation, clock: Clock): Promise<Follower> {
  const earlier = new Set((await simulation.deliveries()).map(({ id }) => id));
  return {
    async settled() {
      for (let waited = 0; ; waited += LOOK_MS) {
        const all = await simulation.deliveries();
        const ours = all.filter(({ id }) => !earlier.has(id));
        if (waited >= PATIENCE_MS || !ours.some((delivery) => isOnItsWay(delivery, all))) return ours;
        await clock.sleep(LOOK_MS);
      }
    },
  };
}

/** True if it waits neither for its own next attempt nor for that of an earlier press of the same queue (fact 40). */
function isOnItsWay(delivery: SimulatedDelivery, all: readonly SimulatedDelivery[]): boolean {
  if (delivery.status !== 'waiting' || delivery.nextAttemptAt !== null) return false;
  return !all.some((other) => other.nextAttemptAt !== null && isForSame(other, delivery));
}

function isForSame(delivery: SimulatedDelivery, other: SimulatedDelivery): boolean {
  return delivery.extensionId === other.extensionId && delivery.incidentId === other.incidentId;
}

/** The delivery of a press; undefined for a press that PagerDuty did not accept. */
export function deliveryOf(
  { action, incident }: ChosenPress,
  deliveries: readonly SimulatedDelivery[],
): SimulatedDelivery | undefined {
  return deliveries.findLast(
    (delivery) => delivery.extensionId === action.id && delivery.incidentId === incident.id,
  );
}

/** One line for people. */
export function deliveryLine(label: string, delivery: SimulatedDelivery, { lasts }: Simulation): Line {
  const { status, reason, answered, nextAttemptAt } = delivery;
  const why = reason ?? 'no reason given';
  if (status === 'delivered') {
    return line(signed('ok', '✓ '), `${label}: delivered; the endpoint answered ${answered}`);
  }
  if (status === 'held') {
    return line(
      styled('warn', '- '),
      `${label}: not sent, ${why}; the sandbox delivers to this machine only`,
    );
  }
  if (status !== 'waiting') return line(signed('error', '✗ '), `${label}: ${status}, ${why}`);
  const cause = nextAttemptAt === null ? 'an earlier press is still waiting for delivery' : why;
  const next = lasts
    ? nextAttemptAt === null
      ? ''
      : `; next attempt at ${nextAttemptAt}`
    : '; to keep the sandbox running and retry, run `pdactions sandbox start` in another terminal';
  return line(signed('warn', '✗ '), `${label}: not delivered, ${cause}${next}`);
}
