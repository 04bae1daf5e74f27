/**
 * The queue of a press. An action of width w has w queues, each of which runs one press at a time over all machines, and all presses of
 * an incident go to the same one, so that they stay in order.
 */
import { createHash } from 'node:crypto';
import type { Claim } from '../../press/claim.ts';

export const PREFIX = 'pdactions';
/** A hash in Redis: the current or former width of each action. */
export const WIDTHS = `${PREFIX}:widths`;
/** Not the name of an action's queue: theirs end in a number. */
export const NOTES = 'notes';

/** The queue of one lane. BullMQ forbids colons in names, and the keys of a config may contain any character. */
export function laneName(action: string, lane: number): string {
  return `press-${encodeURIComponent(action)}-${lane}`;
}

/** The same on every machine. */
export function laneOf(incident: string, width: number): number {
  return createHash('sha256').update(incident).digest().readUInt32BE(0) % width;
}

/** BullMQ forbids colons in ids, and numbers alone. */
export function jobId({ id }: Pick<Claim, 'id'>): string {
  return `m-${encodeURIComponent(id)}`;
}
