/** Makes the sandbox store one request differently: sets its switches before the request, and resets them after the commit. */
import type { Switches } from '../../src/sandbox/account/switches.ts';
import type { InjectedFault } from '../../src/sandbox/faults/fault.ts';
import type { FaultMatch, Lab } from './lab.ts';

const USUAL: Readonly<Record<string, string>> = {
  storedName: 'as-sent',
  storedUrl: 'as-sent',
  writes: 'kept',
  putWithoutConfig: 'keep',
};

/** Signals around a request, for `turnAtSignals`. */
export function signalsAround(match: FaultMatch, times: number | 'always' = 1): InjectedFault[] {
  return [
    { action: 'signal', signal: 'SIGINT', match, times, phase: 'before-read' },
    { action: 'signal', signal: 'SIGTERM', match, times, phase: 'after-commit' },
  ];
}

/** Sets the switches to these positions at the first signal, and resets them at the second. */
export function turnAtSignals(lab: Lab, switches: Partial<Switches>): void {
  const usual = Object.fromEntries(Object.keys(switches).map((name) => [name, USUAL[name]]));
  lab.onSignal = (signal) => lab.sandbox.setSwitches(signal === 'SIGINT' ? switches : usual);
}
