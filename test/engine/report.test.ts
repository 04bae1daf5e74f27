import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/core/plan.ts';
import {
  type ChangeOutcome,
  type ReportVerdict,
  type RunReport,
  verdictsOf,
} from '../../src/engine/report.ts';
import { AuthError, RefusedError, RemoteError } from '../../src/errors.ts';
import { exitCode } from '../../src/main.ts';
import { service, spec } from '../helpers/actions.ts';

const change: Change = { kind: 'create', service: service('Checkout API'), after: spec('Restart') };
const applied: ChangeOutcome = { change, status: 'applied', id: 'PACT' };
const skipped: ChangeOutcome = { change, status: 'skipped', why: 'interrupted' };
const failed = (error: RemoteError | AuthError | RefusedError, attempted = true): ChangeOutcome => ({
  change,
  status: 'failed',
  error,
  attempted,
});
const server = new RemoteError('no', { reason: 'server_error', aftermath: 'skip' });
const forbidden = new AuthError('no', { reason: 'forbidden' });
const unauthorized = new AuthError('no', { reason: 'unauthorized' });
const moved = new RefusedError('no', { reason: 'conflict' });
const unknown: ChangeOutcome = { change, status: 'unknown', error: server, attempted: true };

const quiet: RunReport = { outcomes: [], duplicates: [], overfull: [], stopped: null, unchecked: false };
const ids = ['P1', 'P2'];
const over = { service: change.service, ids, made: ['P2'], withdrawn: [], left: ids };
const twice = [{ ...over, label: 'Restart' }];

describe('the verdict of a report', () => {
  it.each<[string, Partial<RunReport>, ReportVerdict[], number]>([
    ['nothing to do', {}, ['ok'], 0],
    ['all applied', { outcomes: [applied, applied] }, ['ok'], 0],
    ['read back in part', { outcomes: [applied], unchecked: true }, ['ok'], 0],
    [
      'could not be read back',
      { outcomes: [{ change, status: 'applied', id: 'P2', unconfirmed: true }], unchecked: true },
      ['ok', 'partial'],
      6,
    ],
    ['one failed', { outcomes: [applied, failed(server)] }, ['ok', 'partial'], 6],
    ['one unknown', { outcomes: [unknown] }, ['ok', 'partial'], 6],
    ['one skipped', { outcomes: [applied, skipped] }, ['ok', 'partial'], 6],
    ['a read failed before any write', { outcomes: [failed(server, false)] }, ['ok', 'remote'], 7],
    ['F40: moved before any write', { outcomes: [failed(moved, false)] }, ['ok', 'refused'], 8],
    ['moved on one service', { outcomes: [failed(moved, false), applied] }, ['ok', 'partial'], 6],
    ['F54: more than there are slots', { outcomes: [applied], overfull: [over] }, ['ok', 'refused'], 8],
    [
      'F54: withdrawn',
      { outcomes: [{ change, status: 'withdrawn', id: 'P2' }], overfull: [over] },
      ['ok', 'refused', 'partial'],
      8,
    ],
    ['F39: twice', { outcomes: [applied], duplicates: twice }, ['ok', 'refused'], 8],
    [
      'F39: twice, and one failed',
      { outcomes: [applied, failed(server)], duplicates: twice },
      ['ok', 'refused', 'partial'],
      8,
    ],
    [
      'F20: the token was refused after a write',
      { outcomes: [applied, failed(unauthorized)], stopped: { why: 'error', error: unauthorized } },
      ['ok', 'auth', 'partial'],
      5,
    ],
    ['F21: one is forbidden', { outcomes: [applied, failed(forbidden)] }, ['ok', 'partial'], 6],
    ['F21: all are forbidden', { outcomes: [failed(forbidden), skipped] }, ['ok', 'auth', 'partial'], 5],
    [
      'F21: forbidden and another failure',
      { outcomes: [failed(forbidden), failed(server)] },
      ['ok', 'partial'],
      6,
    ],
    [
      'breaker',
      { outcomes: [failed(server), skipped], stopped: { why: 'breaker', failures: 5 } },
      ['ok', 'partial'],
      6,
    ],
    [
      'F34: interrupted',
      { outcomes: [applied, skipped], stopped: { why: 'interrupted' } },
      ['ok', 'cancelled', 'partial'],
      130,
    ],
    [
      'a bug',
      { outcomes: [unknown], stopped: { why: 'bug', cause: new Error('oops') } },
      ['ok', 'bug', 'partial'],
      1,
    ],
  ])('%s', (_, report, verdicts, code) => {
    const found = verdictsOf({ ...quiet, ...report });
    expect(found).toEqual(verdicts);
    expect(exitCode(found)).toBe(code);
  });
});
