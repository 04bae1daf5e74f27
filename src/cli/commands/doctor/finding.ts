/** The checks of `doctor`, and their findings. docs/doctor.md lists every finding. */
import { PdactionsError } from '../../../errors.ts';
import type { Verdict } from '../../verdict.ts';

/** In the order in which they are shown. */
export const CHECKS = [
  'node',
  'config',
  'files',
  'address',
  'proxy',
  'certificates',
  'credentials',
  'reach',
  'clock',
  'token',
  'account',
  'read',
  'write',
  'scopes',
  'rate',
  'schema',
  'actions',
  'endpoints',
  'receiver',
] as const;
export type DoctorCheck = (typeof CHECKS)[number];

export interface DoctorFinding {
  readonly check: DoctorCheck;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** The next step. */
  readonly next?: string | undefined;
  /** The effect of a failure on the exit code. */
  readonly verdict?: Verdict | undefined;
}

export const ok = (check: DoctorCheck, text: string): DoctorFinding => ({ check, state: 'ok', text });

export const warn = (check: DoctorCheck, text: string, next?: string): DoctorFinding => ({
  check,
  state: 'warn',
  text,
  next,
});

export const fail = (check: DoctorCheck, verdict: Verdict, text: string, next?: string): DoctorFinding => ({
  check,
  state: 'fail',
  text,
  next,
  verdict,
});

/** Converts an error to a finding; `verdict` replaces the error's own kind. @throws unexpected errors, and cancellations */
export function failed(check: DoctorCheck, error: unknown, verdict?: Verdict): DoctorFinding {
  if (!(error instanceof PdactionsError) || error.kind === 'cancelled') throw error;
  const text = [error.message, ...error.details].join('; ');
  return fail(check, verdict ?? error.kind, text, error.hint);
}
