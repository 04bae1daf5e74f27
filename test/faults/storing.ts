/** A server that stores one request otherwise: its switches are turned when the request comes, and back once it is carried out. */
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { Fault } from '../../src/sandbox/faults/fault.ts';
import type { FaultMatch, Lab } from './lab.ts';

const USUAL: Readonly<Record<string, string>> = {
  storedName: 'as-sent',
  storedUrl: 'as-sent',
  writes: 'kept',
  putWithoutConfig: 'keep',
};

/** Signals around a request, for `turnAtSignals`. */
export function signalsAround(match: FaultMatch, times: number | 'always' = 1): Fault[] {
  return [
    { action: 'signal', signal: 'SIGINT', match, times, phase: 'before-read' },
    { action: 'signal', signal: 'SIGTERM', match, times, phase: 'after-commit' },
  ];
}

/** Puts the switches into these positions at the first of the signals, and back at the second. */
export function turnAtSignals(lab: Lab, switches: Partial<Switches>): void {
  const usual = Object.fromEntries(Object.keys(switches).map((name) => [name, USUAL[name]]));
  lab.onSignal = (signal) => lab.sandbox.setSwitches(signal === 'SIGINT' ? switches : usual);
}
