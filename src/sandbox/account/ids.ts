import type { State } from './state.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SPACE = 36 ** 6;
/** Coprime to 36^6, so that counting up visits every id once, in an order that looks arbitrary. */
const STRIDE = 1_442_695_043;

/**
 * A new id in the form that PagerDuty uses (`P` and six letters or digits).
 * @returns the id, and the count to store so that the next one differs
 */
export function freshId(state: State): { id: string; sequence: number } {
  let sequence = state.sequence;
  let id: string;
  do {
    sequence += 1;
    id = `P${base36(Number((BigInt(sequence) * BigInt(STRIDE)) % BigInt(SPACE)))}`;
  } while (isTaken(state, id));
  return { id, sequence };
}

function base36(value: number): string {
  let rest = value;
  let text = '';
  for (let digit = 0; digit < 6; digit += 1) {
    text = `${ALPHABET[rest % 36]}${text}`;
    rest = Math.floor(rest / 36);
  }
  return text;
}

function isTaken(state: State, id: string): boolean {
  return [...state.records.values()].some((rows) => rows.has(id));
}
