import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/plan.ts';
import { type OutcomeView, renderOutcomes } from '../../../src/ui/render/report.ts';
import { plain } from '../../../src/ui/text/text.ts';
import { live, service } from '../../helpers/actions.ts';

const where = service('Checkout API');
const change = (id: string): Change => ({
  kind: 'delete',
  service: where,
  id,
  before: live('Restart', where, { id }),
});
const skipped = (id: string, why: string): OutcomeView => ({ change: change(id), status: 'skipped', why });
const shown = (outcomes: readonly OutcomeView[]): string[] =>
  renderOutcomes(outcomes, { debugging: false }).map(plain);

describe('the outcomes of a run', () => {
  it('has one line for changes that an interrupted run has not started', () => {
    const unstarted = Array.from({ length: 298 }, (_, at) => skipped(`P${at}`, 'interrupted'));
    const lines = shown([{ change: change('PDONE'), status: 'applied', id: 'PDONE' }, ...unstarted]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('deleted Restart');
    expect(lines[1]).toBe('- 298 changes not started (interrupted)');
  });

  it('names each change that was skipped for another reason', () => {
    const why = 'an earlier change to this service did not succeed';
    expect(shown([skipped('P1', why), skipped('P2', why)])).toHaveLength(2);
  });
});
